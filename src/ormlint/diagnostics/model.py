"""Diagnostic, Severity, Edit, Fix and Applicability."""

from __future__ import annotations

import enum

import msgspec

from ormlint.diagnostics.steps import Step
from ormlint.text.lines import Location
from ormlint.text.ranges import Range


class Severity(enum.Enum):
    """How bad a finding is when the program runs."""

    ERROR = "error"  # it will fail or lose data
    WARNING = "warning"  # it will bite under stated conditions
    INFO = "info"  # advice


class Applicability(enum.Enum):
    """Who may apply a fix."""

    SAFE = "safe"  # same schema, same behaviour or the behaviour certainly meant
    UNSAFE = "unsafe"  # a person should look
    DISPLAY = "display"  # shown, never applied


class Edit(msgspec.Struct, frozen=True):
    """Replace the bytes of `range` in the diagnostic's own file by `content`."""

    range: Range
    content: str


class Fix(msgspec.Struct, frozen=True):
    """A remedy: its title says what to do, its steps how.

    `edits` are what the steps come to in the text: they do not overlap and are in order of their ranges. They are
    made by LibCST and only when somebody wants them; None until then.
    """

    title: str
    applicability: Applicability
    steps: tuple[Step, ...]
    edits: tuple[Edit, ...] | None = None


class Related(msgspec.Struct, frozen=True):
    """Another place that explains a finding, often in another file."""

    path: str
    range: Range
    start: Location
    end: Location
    message: str


class Diagnostic(msgspec.Struct, frozen=True):
    """One finding. `path` is relative to the project's root, with forward slashes.

    `range` counts bytes; `start` and `end` are the same place as rows and code point columns (1-based,
    end exclusive). `symbol` names the thing found (`Video.created_at`), so that a baseline survives edits.
    """

    code: str
    name: str
    severity: Severity
    path: str
    range: Range
    start: Location
    end: Location
    message: str
    symbol: str = ""
    fix: Fix | None = None
    related: tuple[Related, ...] = ()

    def is_fixable(self, unsafe: bool = False) -> bool:
        """Tell whether there is a fix that may be applied: a safe one, with `unsafe` any that is not only shown."""
        if self.fix is None:
            return False
        return self.fix.applicability is Applicability.SAFE or (
            unsafe and self.fix.applicability is Applicability.UNSAFE
        )

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """The one order of all output: path, place, code, message."""
        return (self.path, self.range.start, self.range.end, self.code, self.message)
