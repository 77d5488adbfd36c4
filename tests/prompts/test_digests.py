from __future__ import annotations

from storygen.draft import Digest, Fact
from storygen.prompts.digests import MOST_FACTS, MOST_THREADS, proved
from storygen.text.words import count_words

TEXT = "Anna lit the lamp with her left hand. “Nine,” she said."


def test_a_fact_stays_if_the_text_holds_its_quote() -> None:
    sound, false = (
        Fact("She is left-handed.", "Anna", "with her left hand"),
        Fact("She is tall.", "Anna", "so tall"),
    )
    assert (Digest("x", (sound,)), (false,)) == proved(Digest("x", (sound, false)), TEXT)


def test_a_fact_without_a_quote_goes() -> None:
    assert (Digest("x"), (Fact("She is late."),)) == proved(Digest("x", (Fact("She is late."),)), TEXT)


def test_a_digest_is_no_longer_than_can_be_told() -> None:
    facts = tuple(Fact(f"Fact {n}.", "", "lit the lamp") for n in range(40))
    long = Digest("word " * 400, facts, tuple(f"thread {n}" for n in range(40)))
    kept, dropped = proved(long, TEXT)
    assert (150, MOST_FACTS, MOST_THREADS, ()) == (
        count_words(kept.happened),
        len(kept.facts),
        len(kept.opened),
        dropped,
    )


def test_every_text_of_a_digest_is_one_line() -> None:
    digest = Digest("It rained.\n\nAll day.", (Fact("She\nleft.", "Anna\n", "lit the\nlamp"),), ("a\nb",))
    assert (
        Digest("It rained. All day.", (Fact("She left.", "Anna", "lit the lamp"),), ("a b",))
        == proved(digest, TEXT)[0]
    )
