"""What is safe to show on a terminal."""

from __future__ import annotations

import re

_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, the escape among them; newline and tab are not here
    "\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # unseen, or turning lines
    "\ud800-\udfff\U000e0000-\U000e007f"  # halves of characters; tags
)
_IN_TEXT = re.compile(f"[{_UNSAFE}]")
_IN_LINE = re.compile(f"[\t\n{_UNSAFE}]")


def safe(text: str) -> str:
    r"""Replace every character of *text* that could command a terminal or hide from the eye by U+FFFD.

    Newline and tab stay. One character becomes one character, so columns stay true, and each is judged on
    its own, so the result does not depend on how a text was cut into chunks.

    >>> safe("plain\n\x1b[31mred")
    'plain\n�[31mred'
    """
    return _IN_TEXT.sub("\ufffd", text)


def safe_line(text: str) -> str:
    r"""Do as `safe`, and turn newline and tab into blanks, for what must stay on one line.

    >>> safe_line("a title\n\tand more")
    'a title  and more'
    """
    return _IN_LINE.sub(lambda found: " " if found[0] in "\n\t" else "\ufffd", text)
