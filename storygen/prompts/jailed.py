"""What asks a jail about the templates of one book, and believes nothing that comes out but texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from hashlib import sha256
from json import dumps
from time import monotonic
from typing import Any

from storygen.draft import Finding, Severity
from storygen.errors import TemplateError
from storygen.prompts.jail import Ended, Jail, the_jail
from storygen.prompts.plain import Variables
from storygen.prompts.pointing import point, template_error
from storygen.prompts.renderer import Blocks
from storygen.prompts.shelf import Shelf

PATIENCE = 3.0
"""Seconds that all answers together may take too long."""

USUAL = 0.25
"""Seconds from which on an answer takes too long: fifty times what it takes."""

REGAINED = 0.01
"""Seconds of patience that every answer gives back, since any machine is slow now and then."""


class Jailed:
    """Judges and renders the templates of one shelf in a jail, as `Renderer` does it in this process."""

    def __init__(
        self, shelf: Shelf, jail: Jail | None = None, *, clock: Callable[[], float] = monotonic
    ) -> None:
        """Render from *shelf*."""
        self._shelf = shelf
        self._jail = jail or the_jail()
        self._clock = clock
        self._patience = PATIENCE
        self._files = {
            which: {name: asdict(file) for name, file in files.items()}
            for which, files in (("own", shelf.own), ("shipped", shelf.shipped))
        }
        self._key = sha256(dumps(self._files).encode()).hexdigest()
        self._stopped: TemplateError | None = None

    def used(self, name: str) -> list[str]:
        """Return *name* and every template that it extends, includes or imports, each once."""
        return [str(each) for each in self._ask("used", name, {})]

    def findings(self, name: str, given: Variables) -> list[Finding]:
        """Return what is wrong with *name* and what it uses, where it is *given* these variables."""
        return [_finding(each) for each in self._ask("findings", name, given)]

    def render(self, name: str, given: Variables) -> str:
        """Return the whole text of *name*. Raises TemplateError."""
        return str(self._ask("render", name, given))

    def blocks(self, name: str, given: Variables) -> Blocks:
        """Return the outermost blocks of *name*, each with its text. Raises TemplateError."""
        return [(str(block), str(text)) for block, text in self._ask("blocks", name, given)]

    def _ask(self, verb: str, name: str, given: Variables) -> Any:  # noqa: ANN401 - a result by its verb
        """Ask the jail; where that was ended over these templates, it is not asked about them again."""
        if self._stopped:
            raise self._stopped
        request = {"shelf": self._key, "verb": verb, "name": name, "given": given}
        try:
            answer = self._answer(request)
            if "unknown" in answer:
                answer = self._answer({**request, "files": self._files})
        except Ended as ended:
            self._stopped = _stopped(self._shelf, name, ended)
            raise self._stopped from ended
        if "error" in answer:
            raise _error(answer["error"])
        return answer["result"]

    def _answer(self, request: Mapping[str, object]) -> Any:  # noqa: ANN401
        """Ask, with less patience the longer the answers before it took."""
        begun = self._clock()
        answer = self._jail.ask(request, patience=USUAL + self._patience)
        late = max(0.0, self._clock() - begun - USUAL)
        self._patience = min(PATIENCE, max(0.0, self._patience - late) + REGAINED)
        return answer


def _stopped(shelf: Shelf, name: str, ended: Ended) -> TemplateError:
    why = "it takes too long" if ended.late else "it needs more than it may have, of memory most likely"
    help_ = "look for a loop in a loop, or for a filter over a long list in one"
    finding = point(shelf.get(name), 0, "template/stopped", f"{why}, and was stopped", help=help_)
    return template_error([finding])


def _error(told: Mapping[str, Any]) -> TemplateError:
    return TemplateError(
        str(told["message"]),
        str(told["help"]),
        notes=tuple(map(str, told["notes"])),
        findings=tuple(map(_finding, told["findings"])),
    )


def _finding(told: Mapping[str, Any]) -> Finding:
    """Return what is *told*; a template's finding has no second line."""
    return Finding(**{**told, "severity": Severity(told["severity"]), "second": None})
