"""Which language a text is in that its script gives away."""

from __future__ import annotations

import re

_LETTER = re.compile(r"[^\W\d_]")
_SCRIPTS = {
    "ja": re.compile("[\u3041-\u30ff\uff66-\uff9f]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"),
    "ko": re.compile("[\uac00-\ud7af]"),
    "ru": re.compile("[\u0400-\u04ff]"),
}
_KANA_SHARE = 0.1


def script_of(text: str) -> str:
    """Return the language that most letters of *text* belong to; nothing where they say nothing of it.

    Any fair share of kana makes it Japanese.

    >>> script_of("港の時計という題の小説。"), script_of("渡口的钟"), script_of("Глава"), script_of("The 港")
    ('ja', 'zh', 'ru', '')
    """
    counts = {lang: len(letters.findall(text)) for lang, letters in _SCRIPTS.items()}
    if counts["ja"] >= _KANA_SHARE * (counts["ja"] + counts["zh"]):
        counts["ja"] += counts.pop("zh")
    most = max(counts, key=lambda lang: counts[lang])
    return most if 2 * counts[most] > len(_LETTER.findall(text)) else ""
