"""Everything storygen raises on purpose.

StorygenError                exit 1
├── UsageError               exit 2   wrong usage or settings, found before any request
│   ├── SettingsError                 a setting that makes no sense, or stands where it may not
│   ├── OutlineError                  the outline has errors; carries its findings
│   └── TemplateError                 a template is missing, broken or starved of a variable
├── Stopped                  exit 3   stopped on purpose; the same command goes on
├── ModelError               exit 4   an answer could not be had
│   ├── KeyMissing                    the endpoint wants a key and there is none
│   ├── Rejected                      the API answered with an error
│   ├── Unreachable                   nothing was sent: no connection
│   └── Cut                           sent, and then silence, a broken line or a broken protocol
├── FileError                exit 5   a file cannot be read or written
│   ├── BookLocked                    another storygen is writing this book
│   └── JournalError                  the journal cannot be used as it is
│       ├── DiskFull                  there is no room for what would come in, so nothing was sent
│       └── Unsaved                   it could not take text that had come in; carries the text
└── Interrupted              exit 130 (129, 143): a person or the system said stop
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storygen.draft import Finding


class StorygenError(Exception):
    """The root: what happened, and what a person can do next.

    `exit_code` is what the command line ends with.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, help: str = "", *, notes: tuple[str, ...] = ()) -> None:  # noqa: A002 - the word on the screen
        """Keep the sentence, the next step and further lines, each shown on its own."""
        super().__init__(message)
        self.message = message
        self.help = help
        self.notes = notes


class UsageError(StorygenError):
    """Wrong usage, outline, template or settings; nothing was sent."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting makes no sense, or stands where it may not."""


class OutlineError(UsageError):
    """The outline, its codex or its sources have errors; `findings` holds all of them."""

    def __init__(self, message: str, help: str = "", *, findings: tuple[Finding, ...] = ()) -> None:  # noqa: A002
        """Keep every finding of the file, so that all can be shown at once."""
        super().__init__(message, help)
        self.findings = findings


class TemplateError(UsageError):
    """A template is missing, broken or starved of a variable; `findings` say where, if that is known."""

    def __init__(
        self,
        message: str,
        help: str = "",  # noqa: A002
        *,
        notes: tuple[str, ...] = (),
        findings: tuple[Finding, ...] = (),
    ) -> None:
        """Keep every finding of the templates, so that all can be shown at once."""
        super().__init__(message, help, notes=notes)
        self.findings = findings


class Stopped(StorygenError):
    """The run stopped on purpose and can go on: a budget, a limit, a long wait."""

    exit_code = 3


class ModelError(StorygenError):
    """An answer could not be had from the model."""

    exit_code = 4


class KeyMissing(ModelError):
    """The endpoint wants a key and none is configured."""


class Rejected(ModelError):
    """The API answered with an error: `status`, the error's `kind`, the `request_id`.

    `retry` says whether the same request is worth another try, `retry_after` how many
    seconds the server asked for, `fatal` whether the whole run has to stop, `limits` what it
    said of its rate limits.
    """

    def __init__(
        self,
        message: str,
        help: str = "",  # noqa: A002
        *,
        status: int,
        kind: str,
        retry: bool,
        fatal: bool = False,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Keep what the verdict on an HTTP error or an in-stream error found."""
        super().__init__(message, help, notes=(f"request id {request_id}",) if request_id else ())
        self.status = status
        self.kind = kind
        self.retry = retry
        self.fatal = fatal
        self.request_id = request_id
        self.retry_after = retry_after
        self.limits: Mapping[str, str] = {}


class Unreachable(ModelError):
    """No connection could be made, so nothing was sent and nothing is owed.

    `retry` is false where waiting cannot help: a certificate, a malformed address.
    """

    def __init__(self, message: str, help: str = "", *, retry: bool = True) -> None:  # noqa: A002
        """Keep whether another try can help."""
        super().__init__(message, help)
        self.retry = retry


class Cut(ModelError):
    """The request left, and the reply broke, went silent or made no sense.

    `retry` is false where the same request would meet the same: no Messages API at this address.
    """

    def __init__(
        self,
        message: str,
        help: str = "",  # noqa: A002
        *,
        retry: bool = True,
        request_id: str | None = None,
    ) -> None:
        """Keep whether another try can help, and name the request if the server did."""
        super().__init__(message, help, notes=(f"request id {request_id}",) if request_id else ())
        self.retry = retry
        self.request_id = request_id


class FileError(StorygenError):
    """A file cannot be read or written: missing, full, read-only, outside the book."""

    exit_code = 5


class BookLocked(FileError):
    """Another storygen is writing this book."""


class JournalError(FileError):
    """The journal cannot be used as it is: damaged, newer, or of another program."""


class DiskFull(JournalError):
    """There is no room for what would come in, so nothing was sent; what is under way still ends well."""


class Unsaved(JournalError):
    """The journal could not take text that had come in; `texts` holds it, each with its section's id."""

    def __init__(
        self,
        message: str,
        help: str = "",  # noqa: A002
        *,
        notes: tuple[str, ...] = (),
        texts: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Keep the texts: whoever catches this finds another place for them."""
        super().__init__(message, help, notes=notes)
        self.texts = texts


class Interrupted(StorygenError):
    """A person or the system said stop; what was received is kept.

    `exit_code` is 128 plus the signal's number.
    """

    def __init__(self, message: str, help: str = "", *, signal: int = 2) -> None:  # noqa: A002
        """Keep the signal's number, so that the shell is told the truth."""
        super().__init__(message, help)
        self.signal = signal


def lone(error: BaseException) -> BaseException:
    """Return *error* itself, or the first one of a group, at any depth: our tasks fail one at a time.

    >>> lone(BaseExceptionGroup("", [BaseExceptionGroup("", [KeyError("a")])]))
    KeyError('a')
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
