"""Rewrites named sections, or goes on from the end of one; what was there is kept as a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from storygen.book.orders import Verb
from storygen.desk.anew import Renewals, Wish, renew
from storygen.desk.project import Project
from storygen.desk.wire import OpenWire
from storygen.errors import UsageError
from storygen.writer.events import Tell

MOST_VARIANTS = 20

ANYTHING = Wish()
"""Another text, with nothing said about it."""


async def arewrite(
    project: Project,
    ids: Sequence[str],
    wish: Wish = ANYTHING,
    *,
    tell: Tell = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    wire: OpenWire | None = None,
    chance: Random | None = None,
) -> Renewals:
    """Write a new version of the sections called *ids*, or several variants of which the first is used.

    With a note the text that is there is given to the model to revise, else it begins anew. What the author
    edited is replaced only with the consent that *wish* carries; Unagreed is raised otherwise. The same call
    goes on with one that was killed. Else as `awrite`.
    """
    if not ids:
        raise UsageError("rewrite wants the ids of sections", "`storygen status` lists them")
    if not 1 <= wish.variants <= MOST_VARIANTS:
        raise UsageError(f"{wish.variants} variants are not possible", f"ask for 1 to {MOST_VARIANTS}")
    return await renew(project, ids, Verb.REWRITE, wish, tell=tell, stop=stop, wire=wire, chance=chance)


async def acontinue(
    project: Project,
    id_: str,
    wish: Wish = ANYTHING,
    *,
    tell: Tell = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    wire: OpenWire | None = None,
    chance: Random | None = None,
) -> Renewals:
    """Go on from the end of the section called *id_* as it is now, finished or edited.

    It gets the words that *wish* names, or what its target lacks, or a quarter of what is there. Its own text
    stays to the letter; the whole is a new version. Else as `arewrite`.
    """
    return await renew(project, [id_], Verb.CONTINUE, wish, tell=tell, stop=stop, wire=wire, chance=chance)
