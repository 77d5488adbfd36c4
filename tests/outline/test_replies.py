from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from storygen.outline.replies import yaml_in

PLAN = "title: The Lamp Room\nscenes:\n  - title: The boat\n    beats: [Tom refuses.]\n"
NAMES = ("title", "scenes")


@pytest.mark.parametrize(
    "reply",
    [
        PLAN,
        f"Gladly.\n\n```yaml\n{PLAN}```\n",
        f"```\n{PLAN}```",
        f"~~~yaml\n{PLAN}~~~\nAnything else?",
        f"<thinking>\nA boat: that is it.\n</thinking>\n\n{PLAN}",
        f"Here is the plan:\n\n{PLAN}\n\nI hope that it helps!",
        f"First a remark:\n\n```python\nprint(1)\n```\n\n```yaml\n{PLAN}```",
        f"```yaml\n{PLAN}",
        "\n".join(f"   {line}" for line in PLAN.splitlines()),
    ],
)
def test_what_stands_around_a_plan_is_left_out(reply: str) -> None:
    assert yaml.safe_load(PLAN) == yaml.safe_load(yaml_in(reply, NAMES))


def test_a_list_alone_is_found_too() -> None:
    assert "- title: A\n- title: B\n" == yaml_in("Sure!\n\n- title: A\n- title: B\n", NAMES)


@given(st.text(max_size=200))
def test_any_text_comes_out_as_some_text(reply: str) -> None:
    assert isinstance(yaml_in(reply, NAMES), str)
