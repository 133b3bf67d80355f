"""Formats: the exact output, with what is awkward in it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ormlint.diagnostics import Applicability, Diagnostic, Edit, Fix, Related, Severity
from ormlint.reporters import FORMATS, ReportOptions, reporter
from ormlint.reporters.style import use_color, visible, width
from ormlint.text import Range, SourceText, decode_source

TEXT = 'class User(Base):\n\tx = "\U0001f60b\u65e5\u672c"; posts = relationship("Post", lazy="dynamic")\x1b[31m\n    y = 1\n'


def diagnostic(source: SourceText, needle: str, message: str = "found `it`, 100%\nnext", end: str = "") -> Diagnostic:
    start = source.data.index(needle.encode())
    stop = source.data.index(end.encode()) + len(end.encode()) if end else start + len(needle.encode())
    lines = source.lines
    related = (Related("b,c.py", Range(0, 1), lines.location(0), lines.location(1), "over there"),)
    return Diagnostic(
        "ORM999",
        "a-rule",
        Severity.WARNING,
        "a:b.py",
        Range(start, stop),
        lines.location(start),
        lines.location(stop),
        message,
        "User.posts",
        None,
        related,
    )


def render(name: str, found: list[Diagnostic], source: SourceText, **options: bool) -> str:
    stream = io.StringIO()
    reporter(name).report(found, {"a:b.py": source}, ReportOptions(files=1, **options), stream)
    return stream.getvalue()


def test_full() -> None:
    source = decode_source(TEXT.encode())
    assert render("full", [diagnostic(source, 'lazy="dynamic"', "found `it`")], source) == (
        "ORM999 [a-rule] warning: found `it`\n"
        " --> a:b.py:2:42\n"
        "  |\n"
        "1 | class User(Base):\n"
        '2 |     x = "\U0001f60b\u65e5\u672c"; posts = relationship("Post", lazy="dynamic")\u241b[31m\n'
        f"  | {' ' * 47}{'^' * 14}\n"
        "3 |     y = 1\n"
        "  |\n"
        "  = note: b,c.py:1:1: over there\n"
        "\n"
        "Found 1 warning in 1 of 1 file.\n"
    )


def test_full_over_several_rows_and_past_the_end() -> None:
    source = decode_source(TEXT.encode())
    text = render("full", [diagnostic(source, "relationship", end="y = 1")], source)
    assert text.count("^") > 20 and "3 |     y = 1\n  |     ^^^^^\n" in text
    empty = decode_source(b"")
    nothing = Diagnostic(
        "ORM001", "x", Severity.ERROR, "a:b.py", Range(0, 0), empty.lines.location(0), empty.lines.location(0), "m"
    )
    assert "1 |" in render("full", [nothing], empty)


def test_concise_and_colour() -> None:
    source = decode_source(TEXT.encode())
    found = [diagnostic(source, "posts", "found")]
    assert render("concise", found, source, summary=False) == "a:b.py:2:13: ORM999 [a-rule] found\n"
    assert "\x1b[1;31mORM999\x1b[0m" in render("concise", found, source, color=True)
    assert render("concise", [], source) == "All checks passed!\n"


def test_github_escapes() -> None:
    source = decode_source(TEXT.encode())
    assert render("github", [diagnostic(source, "posts")], source) == (
        "::warning title=ormlint (ORM999),file=a%3Ab.py,line=2,col=13,endLine=2,endColumn=18::"
        "a:b.py:2:13: ORM999 found `it`, 100%25%0Anext\n"
    )


def test_width_and_control_characters() -> None:
    assert width("a\u65e5e\u0301") == 4
    assert visible("a\tb\x00\x7f") == "a   b\u2400\u2421"


def test_when_to_colour() -> None:
    stream = io.StringIO()
    assert use_color(stream, "always", {"NO_COLOR": "1"}) and not use_color(stream, "never", {"FORCE_COLOR": "1"})
    assert not use_color(stream, "auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"})
    assert use_color(stream, "auto", {"NO_COLOR": "", "FORCE_COLOR": "1"})
    assert use_color(stream, "auto", {"CLICOLOR_FORCE": "1"})
    assert not use_color(stream, "auto", {"TERM": "dumb"}) and not use_color(stream, "auto", {})


def test_what_a_message_quotes_cannot_speak_to_the_terminal() -> None:
    source = decode_source(b"x = 1\n")
    found = [diagnostic(source, "x", "a\x1b[31m\n\tb\x9b1m\u202e")]
    quoted = "a\u241b[31m\u240a\u2409b\ufffd1m\ufffd"
    assert render("concise", found, source, summary=False) == f"a:b.py:1:1: ORM999 [a-rule] {quoted}\n"
    assert render("full", found, source).startswith(f"ORM999 [a-rule] warning: {quoted}\n")


def test_json_is_json_in_every_encoding() -> None:
    source = decode_source(b"x = 1\n")
    for encoding in ("utf-8", "ascii", "cp1252"):
        raw = io.BytesIO()
        stream = io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace")
        reporter("json").report([diagnostic(source, "x", "\u00e9\U0001f60b\udce9")], {}, ReportOptions(), stream)
        stream.flush()
        (item,) = json.loads(raw.getvalue().decode(encoding))
        assert item["message"] == "\u00e9\U0001f60b\udce9" and item["fix"] is None


def test_json_fixes_have_places() -> None:
    source = decode_source("é = x\n".encode())
    fix = Fix("Say `y`", Applicability.SAFE, (), (Edit(Range(5, 6), "y"),))
    item = msgspec.structs.replace(diagnostic(source, "x", "m"), fix=fix)
    (shown,) = json.loads(render("json", [item], source))
    assert shown["fix"] == {
        "applicability": "safe",
        "message": "Say `y`",
        "edits": [{"content": "y", "location": {"row": 1, "column": 5}, "end_location": {"row": 1, "column": 6}}],
    }


def test_github_paths_are_those_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "backend").mkdir()
    monkeypatch.chdir(tmp_path / "backend")
    source = decode_source(b"x = 1\n")
    found = [msgspec.structs.replace(diagnostic(source, "x", "m"), path="app/a.py")]
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    assert "file=app/a.py," in render("github", found, source)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert "file=backend/app/a.py," in render("github", found, source)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "elsewhere"))
    assert "file=app/a.py," in render("github", found, source)


def test_github_shows_the_worst_first() -> None:
    source = decode_source(b"x = 1\n")
    found = [
        msgspec.structs.replace(diagnostic(source, "x", "m"), severity=severity)
        for severity in (Severity.INFO, Severity.ERROR, Severity.WARNING)
    ]
    commands = [line.split(" ")[0] for line in render("github", found, source).splitlines()]
    assert commands == ["::error", "::warning", "::notice"]


@given(st.text())
def test_github_escapes_can_be_read_back(text: str) -> None:
    source = decode_source(b"x = 1\n")
    (line,) = render("github", [diagnostic(source, "x", text)], source).split("\n")[:-1]
    data = line.partition("ORM999 ")[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert data == text


def test_every_format_has_its_module() -> None:
    assert all(callable(reporter(name).report) for name in FORMATS)
