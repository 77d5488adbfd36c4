"""What a reply took where its server does not say."""

from __future__ import annotations

import math
from dataclasses import replace

from storygen.messages import Completion, Count, Usage


def counted(completion: Completion, *, plain: int, count: Count, factor: float) -> Usage:
    """Return what *completion* used; what its server did not count is counted here.

    Its prompt has so many *plain* tokens; *factor* is what such a one is in the model's own.
    """
    usage = completion.usage
    if not usage.prompt_tokens:
        usage = replace(usage, input_tokens=math.ceil(plain * factor))
    if completion.text and not usage.output_tokens:
        usage = replace(usage, output_tokens=math.ceil(count(completion.text) * factor))
    return usage
