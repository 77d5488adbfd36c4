"""Estimates with prompts that the endpoint itself has counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import anyio

from storygen.catalogue import catalogue
from storygen.desk.estimate import Ask, Estimate, asks, estimates
from storygen.desk.project import Project
from storygen.desk.select import Selection
from storygen.desk.wire import deadlines, needed_key, reach, remarks
from storygen.errors import Rejected
from storygen.model.count import PATH, counter
from storygen.model.endpoint import is_anthropic
from storygen.model.wire import encoder, native, plain
from storygen.settings import Settings

_NOT_OFFERED = {404, 405, 501}


def exact_estimate(
    project: Project,
    *,
    selection: Selection = Selection(),
    batch: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Estimate, ...] | None:
    """Return what `estimate` does, the prompts counted by the endpoint's /v1/messages/count_tokens.

    None where the endpoint does not count. Prompts are sent there, one request for each of them; that costs
    nothing. *tell* hears whose key goes where. Raises KeyMissing and ModelError.
    """
    wanted = asks(project, selection=selection)
    counts = anyio.run(_counted, project.settings, wanted, tell)
    return None if counts is None else estimates(project, wanted, batch=batch, counts=counts)


async def _counted(
    settings: Settings, wanted: Iterable[Ask], tell: Callable[[str], None]
) -> list[int] | None:
    key = needed_key(settings)
    for remark in remarks(settings, key):
        tell(remark)
    known = is_anthropic(settings.base_url)
    encode = encoder(catalogue(), native if known else plain)
    async with reach(settings, key=key) as below:
        count = counter(below("POST", PATH), key=key, deadlines=deadlines(settings))
        try:
            return [await count(encode(each.request)) for each in wanted]
        except Rejected as error:
            if error.status in _NOT_OFFERED and not known:
                return None
            raise
