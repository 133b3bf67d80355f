"""Reading a test document: sections, files, assertions, settings, blocks to run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Three backticks or tildes or more, closed by at least as many of the same.
_FENCE = re.compile(
    r"^(?P<fence>(?P<sign>[`~])(?P=sign){2,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)(?P=sign)*[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_HEADING = re.compile(r"^(?P<level>#{1,6}) (?P<title>.+)$", re.MULTILINE)
_FILE_NAME = re.compile(r"`(?P<path>[^`\n]+\.\w+)`:\s*$")
_DIRECTIVE = re.compile(r"^<!--\s*(?P<key>[\w ]+?)(?::\s*(?P<value>.*?))?\s*-->\s*$", re.MULTILINE)
_ASSERTION = re.compile(
    r"\s*# error(?::[ \t]*(?P<column>\d+)?[ \t]*(?:\[(?P<name>[\w-]+)\])?[ \t]*(?:\"(?P<text>[^\"]*)\")?)?"
    r"(?=\s*# error|\s*$)"
)
_REVEALED = re.compile(r"\s*# revealed: (?P<text>.+?)\s*$")
# What looks like a mark and is none: it would be a comment that checks nothing.
_LOOSE_MARK = re.compile(r"#\s*(?:errors?|reveal(?:s|ed)?)\s*(?:[:\d\[\"]|$)")
_LOOSE_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_EDIT = re.compile(r"edit: ")
_OF_STAGES = ("deleted", "lowered", "followed", "asked")
_TESTED = frozenset({"py", "py run", "py fixed", "py fixed unsafe", "toml"})
_SHOWN = frozenset({"", "console", "json", "md", "sql", "text", "yaml"})


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


@dataclass(frozen=True)
class FixedText:
    """A `py fixed` block: a file as it is after its safe fixes, or after all."""

    path: str
    text: str
    unsafe: bool
    line: int


@dataclass
class Stage:
    """An edit of a section's files: what is given anew, and what has to be done for it. None is not asked about."""

    title: str
    line: int
    files: dict[str, str] = field(default_factory=dict)
    expectations: list[Expectation] = field(default_factory=list)
    deleted: tuple[str, ...] = ()
    lowered: tuple[str, ...] | None = None
    followed: tuple[str, ...] | None = None  # their bodies
    asked: tuple[str, ...] | None = None  # rules were asked about them


@dataclass
class Section:
    """One test case: the blocks below one heading."""

    title: str
    line: int
    files: dict[str, str] = field(default_factory=dict)
    expectations: list[Expectation] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    runs: list[RunBlock] = field(default_factory=list)
    fixed: list[FixedText] = field(default_factory=list)
    requires: tuple[str, ...] = ()
    known_missed: bool = False
    stages: list[Stage] = field(default_factory=list)


@dataclass
class Document:
    """A parsed document. `mistakes` names what would be silently passed over, each with its line."""

    title: str
    headings: list[str]
    sections: list[Section]
    mistakes: list[str] = field(default_factory=list)


def parse_document(text: str, rule_name: str | None) -> Document:
    """Read a document; a bare `# error` means `rule_name`."""
    blank = _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    marks = [(match.start(), len(match["level"]), match["title"].strip()) for match in _HEADING.finditer(blank)]
    directives = [(match.start(), match["key"].strip(), match["value"] or "") for match in _DIRECTIVE.finditer(blank)]
    loose_fences = [_line(text, match.start()) for match in _LOOSE_FENCE.finditer(blank)]
    mistakes = [f"line {line}: this fence is not closed" for line in loose_fences]
    for place, key, _ in directives:
        if key not in ("requires", "known missed alarm", *_OF_STAGES):
            mistakes.append(f"line {_line(text, place)}: `{key}` is no directive")
    sections: dict[int, Section] = {}
    stages: dict[int, Stage] = {}
    inherited: dict[int, list[str]] = {}
    for fence in _FENCE.finditer(text):
        above = [mark for mark in marks if mark[0] < fence.start()]
        start, _, title = above[-1] if above else (0, 1, "")
        stage: Stage | None = None
        if _EDIT.match(title):
            stage = stages.setdefault(start, Stage(title, _line(text, start)))
            start, _, title = _edited(marks, start)
        info, body = fence["info"].strip(), fence["body"]
        if info not in _TESTED:
            if info not in _SHOWN:
                mistakes.append(f"line {_line(text, fence.start())}: no test knows blocks of kind `{info}`")
            continue
        if loose := _LOOSE_FENCE.search(body):
            place = fence.start("body") + loose.start()
            mistakes.append(f"line {_line(text, place)}: a fence within a block; is the one above not closed?")
        section = sections.setdefault(start, Section(title, _line(text, start)))
        if info == "toml":
            inherited.setdefault(start, []).append(body)
        elif info == "py run":
            section.runs.append(RunBlock(body, _line(text, fence.start("body"))))
        elif info.startswith("py fixed"):
            section.fixed.append(_fixed(section, text, fence))
        elif info == "py":
            mistakes += _add_file(stage or section, text, fence, rule_name or "")
    for start, section in sections.items():
        parents = _parents(marks, start)
        section.settings = [body for parent in parents for body in inherited.get(parent, [])]
        for place, key, value in directives:
            home = max((mark[0] for mark in marks if mark[0] <= place), default=0)
            if key == "requires" and home in parents:
                section.requires += tuple(value.split())
            elif key == "known missed alarm" and home == start:
                section.known_missed = True
    mistakes += _read_stages(text, marks, directives, sections, stages)
    title = marks[0][2] if marks else ""
    return Document(title, [mark[2] for mark in marks if mark[1] == 2], list(sections.values()), mistakes)


def _edited(marks: list[tuple[int, int, str]], start: int) -> tuple[int, int, str]:
    """Return the heading of the section that a stage belongs to: the last one before it that is no stage."""
    found = [mark for mark in marks if mark[0] < start and not _EDIT.match(mark[2])]
    return found[-1] if found else (0, 1, "")


def _read_stages(
    text: str,
    marks: list[tuple[int, int, str]],
    directives: list[tuple[int, str, str]],
    sections: dict[int, Section],
    stages: dict[int, Stage],
) -> list[str]:
    """Give sections their stages, and the stages what their directives say; return what is wrong."""
    mistakes: list[str] = []
    for start, _, title in marks:
        if _EDIT.match(title):
            stage = stages.setdefault(start, Stage(title, _line(text, start)))
            home = _edited(marks, start)[0]
            if home in sections and sections[home].files:
                sections[home].stages.append(stage)
            else:
                mistakes.append(f"line {stage.line}: an edit of a section that has no files")
    for place, key, value in directives:
        if key in _OF_STAGES:
            home = max((mark[0] for mark in marks if mark[0] <= place), default=0)
            if home in stages:
                setattr(stages[home], key, tuple(value.split()))
            else:
                mistakes.append(f"line {_line(text, place)}: `{key}` belongs below a heading `edit: …`")
    for stage in stages.values():
        if stage.lowered is None or stage.followed is None:
            mistakes.append(f"line {stage.line}: an edit has to say what is `lowered` and what is `followed`")
    return mistakes


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


def _fixed(section: Section, text: str, fence: re.Match[str]) -> FixedText:
    """Read a `py fixed` block. Without a name of its own it is the file of the block before."""
    named = _FILE_NAME.search(text[: fence.start()].rstrip().rsplit("\n", 1)[-1])
    path = named["path"] if named else next(reversed(section.files), "snippet.py")
    unsafe = fence["info"].strip() == "py fixed unsafe"
    return FixedText(path, fence["body"], unsafe, _line(text, fence.start("body")))


def _add_file(section: Section | Stage, text: str, fence: re.Match[str], rule_name: str) -> list[str]:
    """Join a block to its file, and return the lines whose marks cannot be read."""
    before = text[: fence.start()].rstrip().rsplit("\n", 1)[-1]
    named = _FILE_NAME.search(before)
    path = named["path"] if named else "snippet.py"
    known = section.files.get(path, "")
    first_row = known.count("\n") + 1
    first_line = _line(text, fence.start("body"))
    rows: list[str] = []
    mistakes: list[str] = []
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
        if _LOOSE_MARK.search(clean):
            mistakes.append(f"line {first_line + offset}: a mark that cannot be read: {row.strip()}")
        rows.append(clean)
    section.files[path] = known + "\n".join(rows) + "\n"
    return mistakes


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
