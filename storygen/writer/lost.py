"""What follows a request that left and that nobody answered: it may be billed all the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias, assert_never

from storygen.errors import Cut, Stopped
from storygen.known_settings import OnUnknown
from storygen.outline.tree import Section

MOST_LOST = 1
"""So many times a run asks again by itself for a section after a request that nobody answered."""

Agree: TypeAlias = Callable[[str], Awaitable[bool]]
"""Has a person answer a question with yes or no."""

_LOOK = "look at the account's usage, then run the same command again"


async def ask_again(error: Cut, *, section: Section, lost: int, policy: OnUnknown, agree: Agree) -> None:
    """Return if *section* may be asked for again after *error*, by which so many requests for it are *lost*.

    Raises Cut where that was done once already, Stopped where *policy* or a person says no.
    """
    match policy:
        case OnUnknown.RETRY_ONCE:
            if lost > MOST_LOST:
                raise Cut(
                    f"two requests for {section.id} left, and no answer came back: {error.message}",
                    f"each may be billed all the same, so no third one follows by itself; {_LOOK}",
                    request_id=error.request_id,
                ) from error
        case OnUnknown.ASK:
            told = f"A request for {section.id} left, and no answer came back: {error.message}."
            if not await agree(f"{told} It may be billed all the same. Send it again?"):
                raise _stopped(error, section) from error
        case OnUnknown.STOP:
            raise _stopped(error, section) from error
        case _:
            assert_never(policy)


def _stopped(error: Cut, section: Section) -> Stopped:
    return Stopped(
        f"a request for {section.id} left, and no answer came back: {error.message}",
        f"it may be billed all the same, so it is not sent again by itself; {_LOOK}",
        notes=error.notes,
    )
