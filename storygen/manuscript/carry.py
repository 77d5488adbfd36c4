"""What a person changed in a manuscript finds its way back into the drafts, or is shown beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from storygen.manuscript.assemble import SCENE_BREAK, Layout, take_apart
from storygen.manuscript.unfit import unfit

_FRAME = "headings, metadata and the comments of the sections come from the outline"
_CLEAN = "it was compiled without the comments that tell one section from the next"


@dataclass(frozen=True, slots=True)
class Clash:
    """An edit that cannot go back by itself: how it stands in the manuscript, and what is compiled now.

    `section` is empty for what stands between the sections; `why` is half a sentence.
    """

    section: str
    found: str
    compiled: str
    why: str


@dataclass(frozen=True, slots=True)
class Carried:
    """The new texts of drafts by id, and every edit that is none of them."""

    texts: Mapping[str, str] = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()


def carry(
    found: str,
    *,
    base: str,
    texts: Mapping[str, str],
    compile_: Callable[[Mapping[str, str]], str],
    locked: Mapping[str, str],
    scene_break: str = SCENE_BREAK,
) -> Carried:
    """Decide what becomes of the edits that turned the manuscript *base* into *found*.

    *texts* are those of the drafts now, by id, and *compile_* makes a manuscript of such texts. *locked* says
    why a section's text is not to be touched. An edit goes back only if its section would compile to the
    same text in *base* and now, and if compiling what goes back gives what was found, to the character.
    """
    then, there, now = (take_apart(each, scene_break=scene_break) for each in (base, found, compile_(texts)))
    edited = {
        id_: text
        for id_, text in there.texts.items()
        if text not in {then.texts.get(id_), now.texts.get(id_)}
    }
    clashes = [*_around(then, there), *_refused(edited, then, now, locked)]
    refused = {clash.section for clash in clashes}
    back = {id_: text for id_, text in edited.items() if id_ not in refused}

    def lost(tried: Mapping[str, str]) -> list[str]:
        kept = take_apart(compile_({**texts, **tried}), scene_break=scene_break).texts
        return [id_ for id_ in tried if kept.get(id_) != back[id_]]

    tried = {id_: unfit(text, draft=texts.get(id_, ""), fitted=now.texts[id_]) for id_, text in back.items()}
    tried |= {id_: back[id_] for id_ in lost(tried)}
    clashes += [_clash(id_, back, now, "it would not compile to what stands there") for id_ in lost(tried)]
    return Carried({} if clashes else tried, tuple(clashes))


def _around(then: Layout, there: Layout) -> Iterable[Clash]:
    """Yield a clash if anything between the texts is different: it comes from the outline."""
    if then.frame != there.frame or then.texts.keys() != there.texts.keys():
        yield Clash("", "\n".join(there.frame), "\n".join(then.frame), _FRAME if then.texts else _CLEAN)


def _refused(
    edited: Mapping[str, str], then: Layout, now: Layout, locked: Mapping[str, str]
) -> Iterable[Clash]:
    for id_, text in edited.items():
        if id_ in locked:
            yield _clash(id_, edited, now, locked[id_])
        elif id_ not in now.texts or now.texts[id_] != then.texts.get(id_):
            yield _clash(id_, edited, now, "its draft or its place has changed since, too")
        elif not text:
            yield _clash(id_, edited, now, "nothing of it is left in the manuscript")


def _clash(id_: str, found: Mapping[str, str], now: Layout, why: str) -> Clash:
    return Clash(id_, found[id_], now.texts.get(id_, ""), why)
