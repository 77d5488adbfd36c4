"""The steps: what is asked of a model, and what the templates of each are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from storygen.messages import Role
from storygen.prompts.plain import Plain
from storygen.prompts.planning import PLAN
from storygen.prompts.variables import BOOK, SECTION


@dataclass(frozen=True, slots=True)
class Step:
    """What the messages of one step are given, by name.

    The system message has `system` alone. The user message has that too, `user`, and all of `own`: what no
    other step has, each with an example of it, with which a template can be tried where nothing is written.
    """

    system: tuple[str, ...] = BOOK
    user: tuple[str, ...] = SECTION
    own: Mapping[str, Plain] = field(default_factory=dict)

    def given(self, role: Role) -> tuple[str, ...]:
        """Return the names of the variables that the message of *role* is given."""
        if role is Role.SYSTEM:
            return self.system
        return tuple(dict.fromkeys((*self.system, *self.user, *self.own)))


STEPS: Mapping[str, Step] = {
    "section": Step(),
    "revise": Step(own={"current": "Anna rows out.", "note": "Shorter.", "take": 2}),
    "finished": Step(system=(), user=(), own={"title": "The boat", "text": "Anna rows out."}),
    "digest": Step(own={"text": "Anna rows out. The lamp is dark."}),
    "review": Step(
        own={
            "text": "Anna rows out. The lamp is dark.",
            "findings": ["review/tense: “is”: the book is told in the past tense"],
            "most": 8,
        }
    ),
    "plan": Step(system=("asked", "whole"), user=(), own=PLAN),
    "continue": Step(own={"anchor": "and the lamp went out.", "written": 600, "remaining": 400}),
    "extend": Step(own={"written": 600, "missing": 400, "absent": ["ferry --clock"]}),
}
"""Every step by the name of its folder; a new one is a row here, its templates, and its part of the guide."""
