"""Context: what a rule is given besides its subject, and how it reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ormlint.diagnostics import Fix, Severity
from ormlint.facts.expressions import Node
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import Module
from ormlint.linting.rule import Rule
from ormlint.semantic.model import SemanticModel
from ormlint.settings import Settings
from ormlint.text import Range


@dataclass(frozen=True, slots=True)
class Place:
    """Another place that explains a finding. With `silences` a suppression there counts as one at the finding."""

    path: str
    range: Range
    message: str
    silences: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule reported, before rows and columns are counted."""

    rule: Rule
    path: str
    range: Range
    message: str
    severity: Severity
    symbol: str = ""
    fix: Fix | None = None
    related: tuple[Place, ...] = ()


@dataclass(slots=True)
class Context:
    """One rule at work on one file."""

    rule: Rule
    module: Module
    model: SemanticModel
    settings: Settings
    options: Mapping[str, Any]
    type_ignored: frozenset[int]  # 1-based rows with a `# type: ignore`
    row_of: Any  # byte offset in this file → 1-based row
    data: bytes  # the text of this file, UTF-8
    text_of: Callable[[str], bytes]  # a file's path → its text, UTF-8; empty for files of installed packages
    findings: list[Finding] = field(default_factory=list)

    @property
    def index(self) -> ProjectIndex:
        """The project index."""
        return self.model.index

    def report(
        self,
        place: Node | Range,
        message: str,
        *,
        symbol: str = "",
        severity: Severity | None = None,
        fix: Fix | None = None,
        related: Sequence[Place] = (),
    ) -> None:
        """Report a finding in this file at a node or a range of bytes."""
        where = place.range if isinstance(place, Node) else place
        self.report_at(self.module, where, message, symbol=symbol, severity=severity, fix=fix, related=related)

    def report_at(
        self,
        module: Module,
        where: Range,
        message: str,
        *,
        symbol: str = "",
        severity: Severity | None = None,
        fix: Fix | None = None,
        related: Sequence[Place] = (),
    ) -> None:
        """Report a finding in any file: what a class inherits may stand in another one."""
        self.findings.append(
            Finding(
                self.rule,
                module.path,
                where,
                message,
                severity or self.rule.severity,
                symbol,
                fix,
                tuple(related),
            )
        )

    def source(self, node: Node, module: Module | None = None) -> str:
        """Return the code of a node of this file, or of another one, as it is written."""
        data = self.data if module is None or module is self.module else self.text_of(module.path)
        return data[node.start : node.end].decode("utf-8")

    def is_type_ignored(self, node: Node) -> bool:
        """Tell whether the row a node starts on carries a `# type: ignore`."""
        return self.row_of(node.start) in self.type_ignored
