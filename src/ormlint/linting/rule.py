"""Rule: a code, a name, a summary, and functions hooked on subjects."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ormlint.diagnostics import Severity

F = TypeVar("F", bound=Callable[..., None])


class Status(enum.Enum):
    """How far a rule is trusted. New rules start in preview."""

    PREVIEW = "preview"
    STABLE = "stable"
    OPT_IN = "opt-in"  # stable, but a matter of house style: runs only when selected


class Fixes(enum.Enum):
    """How often a rule's findings carry a fix."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    ALWAYS = "always"


@dataclass(frozen=True)
class Option:
    """One setting of a rule, read from `[tool.ormlint.rules.<name>]`; the default fixes the type."""

    name: str
    default: bool | int | str | tuple[str, ...] | tuple[tuple[str, str], ...]
    summary: str


@dataclass(eq=False)
class Rule:
    """A rule. Its name and family come from its module: `ormlint.rules.<family>.<name>`."""

    module: str
    code: str
    summary: str
    since: str
    severity: Severity
    status: Status = Status.PREVIEW
    fixes: Fixes = Fixes.NEVER
    options: tuple[Option, ...] = ()
    hooks: dict[type, list[Callable[..., None]]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The kebab-case name, from the module's own name."""
        return self.module.rpartition(".")[2].replace("_", "-")

    @property
    def family(self) -> str:
        """The folder the rule lives in."""
        return self.module.split(".")[-2]

    def on(self, subject: type) -> Callable[[F], F]:
        """Hook the decorated function `(context, subject) -> None` on a kind of subject."""

        def register(function: F) -> F:
            self.hooks.setdefault(subject, []).append(function)
            return function

        return register

    def option_defaults(self) -> Mapping[str, Any]:
        """Return the options' default values by name."""
        return {option.name: option.default for option in self.options}
