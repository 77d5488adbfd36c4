"""The one Jinja environment: strict, sandboxed, and modest in what a template may make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from functools import wraps
from typing import Any, TypeVar

from jinja2 import BaseLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from storygen.text.nearest import meant

LONGEST = 1_000_000
"""Characters, or elements, of anything that a template makes out of smaller things."""

MODEST = 1_000
"""The largest number, and the longest text, that a filter takes beside its subject; also of a repetition."""

TURNS = 100_000
"""How many rounds of loops, calls and numbers of ranges one rendering may take, all together."""

_DROPPED_GLOBALS = ("lipsum", "cycler", "joiner", "namespace")
_DROPPED_FILTERS = ("attr", "center", "format", "pprint", "random", "urlize", "xmlattr")
_WIDENING_FILTERS = ("batch", "indent", "join", "replace", "round", "slice", "truncate", "wordwrap")
_WIDENING_METHODS = frozenset(
    {
        "center",
        "encode",
        "expandtabs",
        "format",
        "format_map",
        "join",
        "ljust",
        "replace",
        "rjust",
        "translate",
        "zfill",
    }
)

_Filter = TypeVar("_Filter", bound=Callable[..., Any])


class Unknown(StrictUndefined):
    """A value that is not there; its message names what is."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if isinstance(self._undefined_obj, dict):
            name, known = self._undefined_name, self._undefined_obj
            return f"there is no field “{name}” here{meant(str(name), map(str, known))}"
        return str(super()._undefined_message)


class Sandbox(ImmutableSandboxedEnvironment):
    """Renders templates that somebody else may have written."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, loader: BaseLoader) -> None:
        """Drop what prompts have no use for, and measure what could grow."""
        super().__init__(
            loader=loader,
            undefined=Unknown,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.turns_left = TURNS
        self.globals = {name: value for name, value in self.globals.items() if name not in _DROPPED_GLOBALS}
        self.globals["range"] = self._range
        self.filters = {
            name: _modest(filter_) if name in _WIDENING_FILTERS else filter_
            for name, filter_ in self.filters.items()
            if name not in _DROPPED_FILTERS
        }
        self.filters["thousands"] = "{:,}".format

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        """Refuse, besides what Jinja refuses, the methods that make long texts out of short ones."""
        if isinstance(obj, str | bytes) and attr in _WIDENING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: object) -> None:
        """Leave `str.format` to `is_safe_attribute`, which refuses it; Jinja's own bounds no widths."""

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        """Judge a sum, product, power or remainder before it is computed."""
        if operator == "**" or (operator == "%" and not isinstance(left, int | float)):
            raise SecurityError(f"`{operator}` is not allowed in templates")
        if operator == "+" and _size(left) + _size(right) > LONGEST:
            raise SecurityError(f"`+` may make {LONGEST:,} characters at most")
        if operator == "*" and max(_times(left, right), _times(right, left)) > MODEST:
            raise SecurityError(f"`*` may make {MODEST:,} characters at most")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **named: Any) -> Any:  # noqa: ANN401
        """Count a call, of a macro for the most part, before it is made."""
        self._spend(1)
        return super().call(context, obj, *args, **named)

    def concatenate(self, *pieces: object) -> str:
        """Do what `~` does, within bounds."""
        texts = [str(piece) for piece in pieces]
        if sum(map(len, texts)) > LONGEST:
            raise SecurityError(f"`~` may make {LONGEST:,} characters at most")
        return "".join(texts)

    def rounds(self, values: Iterable[object]) -> Iterator[object]:
        """Count the rounds of a loop over *values*."""
        for value in values:
            self._spend(1)
            yield value

    def _range(self, *bounds: int) -> range:
        numbers = range(*bounds)
        self._spend(TURNS + 1 if numbers[TURNS:] else len(numbers))
        return numbers

    def _spend(self, turns: int) -> None:
        self.turns_left -= turns
        if self.turns_left < 0:
            raise SecurityError(f"it takes more than {TURNS:,} turns of its loops and calls")


class _Generator(CodeGenerator):
    """Compiles loops so that their rounds are counted, and `~` so that its result is measured."""

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 - Jinja's name for it
        """Let the loop run over what `Sandbox` counts."""
        if node.recursive:
            self.fail("recursive loops are not allowed in templates", node.lineno)
        counted = nodes.EnvironmentAttribute("rounds")
        node.iter = nodes.Call(counted, [node.iter], [], None, None, lineno=node.lineno)
        node.set_environment(self.environment)
        super().visit_For(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - Jinja's name for it
        """Write a call to `Sandbox.concatenate`."""
        self.write("environment.concatenate(")
        for piece in node.nodes:
            self.visit(piece, frame)
            self.write(", ")
        self.write(")")


Sandbox.code_generator_class = _Generator


def _modest(filter_: _Filter) -> _Filter:
    """Let *filter_* take only modest arguments beside the value that it works on."""
    first = 2 if hasattr(filter_, "jinja_pass_arg") else 1

    @wraps(filter_)
    def wrapped(*args: Any, **named: Any) -> Any:  # noqa: ANN401
        for arg in (*args[first:], *named.values()):
            if (abs(arg) if isinstance(arg, int | float) else _size(arg)) > MODEST:
                raise SecurityError(f"`{filter_.__name__.removeprefix('do_')}` takes nothing over {MODEST:,}")
        return filter_(*args, **named)

    return wrapped  # type: ignore[return-value]


def _size(value: object) -> int:
    return len(value) if isinstance(value, Sized) else 0


def _times(value: object, number: object) -> int:
    """How long *value* repeated *number* times is; how many bits a product of numbers has."""
    if not isinstance(number, int):
        return 0
    return value.bit_length() + number.bit_length() if isinstance(value, int) else _size(value) * number
