from __future__ import annotations

from dataclasses import replace

from storygen.catalogue import catalogue
from storygen.writer.cache import Cache, Taken

MODEL = replace(catalogue().find("claude-opus-5"), cache_minimum=100)
SYSTEM, ONE, TWO = ("system", 300), ("one", 50), ("two", 60)


def test_what_was_marked_is_read_and_the_rest_is_written() -> None:
    cache = Cache()
    assert [Taken(0, 300), Taken(300, 50), Taken(350, 60), Taken(410, 0)] == [
        cache.take(MODEL, blocks)
        for blocks in ([SYSTEM], [SYSTEM, ONE], [SYSTEM, ONE, TWO], [SYSTEM, ONE, TWO])
    ]


def test_a_change_is_written_again_from_there_on() -> None:
    cache = Cache()
    cache.take(MODEL, [SYSTEM, ONE, TWO])
    assert Taken(300, 110) == cache.take(MODEL, [SYSTEM, ("other", 50), TWO])


def test_every_model_has_a_cache_of_its_own() -> None:
    cache = Cache()
    cache.take(MODEL, [SYSTEM])
    assert Taken(0, 300) == cache.take(replace(MODEL, id="another"), [SYSTEM])


def test_what_is_too_short_is_never_held() -> None:
    cache, short = Cache(), replace(MODEL, cache_minimum=320)
    assert [Taken(), Taken(0, 350), Taken(350, 60)] == [
        cache.take(short, blocks) for blocks in ([SYSTEM], [SYSTEM, ONE], [SYSTEM, ONE, TWO])
    ]
