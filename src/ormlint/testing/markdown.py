"""Reading a test document: sections, files, assertions, settings, blocks to run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<body>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(?P<level>#{1,6}) (?P<title>.+)$", re.MULTILINE)
_FILE_NAME = re.compile(r"`(?P<path>[^`\n]+\.\w+)`:\s*$")
_DIRECTIVE = re.compile(r"^<!--\s*(?P<key>[\w ]+?)(?::\s*(?P<value>.*?))?\s*-->\s*$", re.MULTILINE)
_ASSERTION = re.compile(
    r"\s*# error(?::[ \t]*(?P<column>\d+)?[ \t]*(?:\[(?P<name>[\w-]+)\])?[ \t]*(?:\"(?P<text>[^\"]*)\")?)?"
    r"(?=\s*# error|\s*$)"
)
_REVEALED = re.compile(r"\s*# revealed: (?P<text>.+?)\s*$")


@dataclass(frozen=True)
class Expectation:
    """A diagnostic that a line expects. `row` counts in the file, `line` in the document; both from 1."""

    path: str
    row: int
    line: int
    column: int | None
    name: str
    text: str


@dataclass
class RunBlock:
    """A `py run` block: code to execute, with the document's line of its first row."""

    code: str
    line: int


@dataclass
class Section:
    """One test case: the blocks below one heading."""

    title: str
    line: int
    files: dict[str, str] = field(default_factory=dict)
    expectations: list[Expectation] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    runs: list[RunBlock] = field(default_factory=list)
    requires: tuple[str, ...] = ()
    known_missed: bool = False


@dataclass
class Document:
    """A parsed document."""

    title: str
    headings: list[str]
    sections: list[Section]


def parse_document(text: str, rule_name: str | None) -> Document:
    """Read a document; a bare `# error` means `rule_name`."""
    blank = _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    marks = [(match.start(), len(match["level"]), match["title"].strip()) for match in _HEADING.finditer(blank)]
    directives = [(match.start(), match["key"].strip(), match["value"] or "") for match in _DIRECTIVE.finditer(blank)]
    sections: dict[int, Section] = {}
    inherited: dict[int, list[str]] = {}
    for fence in _FENCE.finditer(text):
        above = [mark for mark in marks if mark[0] < fence.start()]
        start, _, title = above[-1] if above else (0, 1, "")
        section = sections.setdefault(start, Section(title, _line(text, start)))
        info, body = fence["info"].strip(), fence["body"]
        if info == "toml":
            inherited.setdefault(start, []).append(body)
        elif info == "py run":
            section.runs.append(RunBlock(body, _line(text, fence.start("body"))))
        elif info == "py":
            _add_file(section, text, fence, rule_name or "")
    for start, section in sections.items():
        parents = _parents(marks, start)
        section.settings = [body for parent in parents for body in inherited.get(parent, [])]
        end = min((mark[0] for mark in marks if mark[0] > start), default=len(text))
        for place, key, value in directives:
            if start <= place < end and key == "requires":
                section.requires = tuple(value.split())
            elif start <= place < end and key == "known missed alarm":
                section.known_missed = True
    title = marks[0][2] if marks else ""
    return Document(title, [mark[2] for mark in marks if mark[1] == 2], list(sections.values()))


def _parents(marks: list[tuple[int, int, str]], start: int) -> list[int]:
    """Return the starts of the headings a heading lies below, itself last."""
    chain: list[tuple[int, int]] = []
    for place, level, _ in marks:
        while chain and chain[-1][1] >= level:
            chain.pop()
        chain.append((place, level))
        if place == start:
            return [item[0] for item in chain]
    return [start]


def _add_file(section: Section, text: str, fence: re.Match[str], rule_name: str) -> None:
    before = text[: fence.start()].rstrip().rsplit("\n", 1)[-1]
    named = _FILE_NAME.search(before)
    path = named["path"] if named else "snippet.py"
    known = section.files.get(path, "")
    first_row = known.count("\n") + 1
    first_line = _line(text, fence.start("body"))
    rows: list[str] = []
    for offset, row in enumerate(fence["body"].splitlines()):
        clean, found = _assertions(row)
        for match in found:
            column = int(match["column"]) if match["column"] else None
            section.expectations.append(
                Expectation(
                    path,
                    first_row + offset,
                    first_line + offset,
                    column,
                    match["name"] or rule_name,
                    match["text"] or "",
                )
            )
        if revealed := _REVEALED.search(clean):
            clean = clean[: revealed.start()]
            section.expectations.append(
                Expectation(path, first_row + offset, first_line + offset, None, "reveal", f"={revealed['text']}")
            )
        rows.append(clean)
    section.files[path] = known + "\n".join(rows) + "\n"


def _assertions(row: str) -> tuple[str, list[re.Match[str]]]:
    """Split a row from the assertions at its end."""
    at = row.find("# error")
    while at >= 0:
        found: list[re.Match[str]] = []
        position = len(row[:at].rstrip())
        while match := _ASSERTION.match(row, position):
            found.append(match)
            position = match.end()
        if found and not row[position:].strip():
            return row[:at].rstrip(), found
        at = row.find("# error", at + 1)
    return row, []


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
