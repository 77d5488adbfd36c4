"""The only values that a template is ever given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Plain: TypeAlias = str | int | list["Plain"] | dict[str, "Plain"]
"""Nothing that can reach a file, a client or a setting."""

Variables: TypeAlias = Mapping[str, Plain]
"""What a template is given, by name."""
