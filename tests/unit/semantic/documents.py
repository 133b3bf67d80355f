"""Reads the sections of a Markdown test document: its files, and the lines that say what is revealed."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ormlint.index.project import link
from ormlint.semantic.events import Reveal
from ormlint.semantic.model import SemanticModel
from ormlint.syntax import lower_module
from ormlint.text import decode_source

DOCUMENTS = Path(__file__).parents[2] / "mdtest" / "semantic"
_HEADING = re.compile(r"#{1,6} +(.+)")
_FILE = re.compile(r"`([^`]+)`:")
REVEALED = re.compile(r"#\s*revealed:\s*(.*\S)\s*$")


@dataclass
class Section:
    """One test: the files under one heading."""

    document: str
    title: str
    files: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.document}: {self.title}"

    def expected(self) -> dict[tuple[str, int], str]:
        """Return the text each marked line (counted from 1) promises."""
        return {
            (path, number): match.group(1)
            for path, text in self.files.items()
            for number, line in enumerate(text.splitlines(), 1)
            if (match := REVEALED.search(line))
        }


def sections(path: Path) -> list[Section]:
    """Return the sections of a document that hold code."""
    found: list[Section] = []
    name = "snippet.py"
    fence: list[str] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if fence is not None:
            if line.startswith("```"):
                found[-1].files[name] = "\n".join(fence) + "\n"
                fence, name = None, "snippet.py"
            else:
                fence.append(line)
        elif line.startswith("```py"):
            fence = []
        elif match := _HEADING.match(line):
            found.append(Section(path.stem, match.group(1)))
            name = "snippet.py"
        elif match := _FILE.fullmatch(line.strip()):
            name = match.group(1)
    return [section for section in found if section.files]


def all_sections() -> list[Section]:
    """Return the sections of all documents."""
    return [section for path in sorted(DOCUMENTS.glob("*.md")) for section in sections(path)]


def semantic_model(files: dict[str, str], order: list[str] | None = None) -> SemanticModel:
    """Read files as one project and interpret its modules, in the order given or in the index's own."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    facts = {path: lower_module(decode_source(text.encode())) for path, text in files.items()}  # type: ignore[arg-type]
    index = link({path: fact.interface for path, fact in facts.items()}, lambda path: facts[path].bodies)
    model = SemanticModel(index)
    for path in order or list(index.modules):
        model.interpret(index.modules[path])
    model.infer_parameters()
    return model


def reveals(model: SemanticModel, files: dict[str, str]) -> dict[tuple[str, int], list[str]]:
    """Return the texts revealed on each line."""
    found: dict[tuple[str, int], list[str]] = {}
    for record in model.all_records():
        for event in record.events:
            if isinstance(event, Reveal):
                path = record.module.path
                line = files[path].encode()[: event.node.start].count(b"\n") + 1
                found.setdefault((path, line), []).append(event.text)
    return found
