"""The text of a project's first configuration: what was found, each line explained, the file's own bytes kept."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from ormlint.project.survey import STYLES, Dialect, Place, Survey

_WIDTH = 100
_PLACES = 3  # that are named for one database


def config_text(survey: Survey, target: tuple[tuple[str, ...], tuple[str, ...]], baseline: str | None) -> str:
    """Return the options as TOML, without a table's header.

    `target` is the series of SQLAlchemy the project may run on and the files that say so. `baseline` is the file of
    known findings, or None when none is kept.
    """
    blocks = [
        _head(survey),
        _rules(),
        _timestamps(survey),
        _dialects(survey.dialects),
        _target(*target),
        _migrations(survey),
        _python(survey),
        _baseline(baseline),
    ]
    return "\n\n".join("\n".join(block) for block in (list(lines) for lines in blocks) if block) + "\n"


def appended(before: bytes, text: str) -> bytes:
    """Return a pyproject.toml with ormlint's table at its end; what is there stays byte for byte."""
    newline = "\r\n" if b"\r\n" in before else "\n"
    table = f"[tool.ormlint]\n{text}"
    gap = b"" if not before or before.endswith(b"\n") else newline.encode()
    return before + gap + (newline if before.strip() else "").encode() + table.replace("\n", newline).encode("utf-8")


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def _head(survey: Survey) -> Iterator[str]:
    yield from _comment(
        "Written by `ormlint init`. `ormlint config` shows every option and where its value comes from."
    )
    styles = ", ".join(f"{count} of {STYLES[style]}" for style, count in survey.styles.items())
    yield from _comment(
        f"Found: {_count(survey.models, 'mapped class', 'mapped classes')}{': ' if styles else ''}{styles}."
    )
    if survey.open_models:
        yield from _comment(
            f"{_count(survey.open_models, 'class', 'classes')} cannot be read completely, and nothing is said of names "
            "that are missing there; `ormlint model` lists them as open, with the reason."
        )


def _rules() -> Iterator[str]:
    yield from _comment("The stable rules run. This lets preview rules run too, which are still being tried:")
    yield "# preview = true"


def _timestamps(survey: Survey) -> Iterator[str]:
    counts = [f"{created} and {updated} ({count})" for (created, updated), count in survey.pairs.items()]
    if survey.own_pairs:
        yield from _comment(
            "Pairs of columns that hold when a row was made and changed, and how many classes have them: "
            f"{', '.join(counts)}. This replaces the pairs that are looked for by themselves."
        )
        yield f"timestamp-pairs = {_toml(survey.pairs)}"
    elif counts:
        yield from _comment(
            "Times of rows, by how many classes have them: "
            f"{', '.join(counts)}. ormlint knows these; other names would stand here."
        )
        yield f"# timestamp-pairs = {_toml(survey.pairs)}"


def _dialects(found: tuple[Dialect, ...]) -> Iterator[str]:
    if not found:
        yield from _comment(
            "No file says which database is used, so findings hold for all of them and messages speak of all."
        )
        yield '# dialects = ["postgresql"]'
        return
    named = "; ".join(
        f"{item.name} in {_places(item.places)}{' (tests)' if item.is_for_tests else ''}" for item in found
    )
    line = f"dialects = {_toml(item.name for item in found)}"
    if all(item.name == "sqlite" or item.is_for_tests for item in found):
        # A default address or the tests say little of the database that is deployed to.
        yield from _comment(
            f"Databases the project names: {named}. What it is deployed to may be another, so findings hold for all "
            "and messages speak of all; if these are all, say so:"
        )
        yield f"# {line}"
        return
    yield from _comment(
        f"Databases the project names: {named}. Messages speak of these only, and SQL is shown for the first. "
        "Take away what is not used, and add what only the environment names."
    )
    yield line


def _places(places: tuple[Place, ...]) -> str:
    shown = ", ".join(str(place) for place in places[:_PLACES])
    return f"{shown} and {len(places) - _PLACES} more" if len(places) > _PLACES else shown


def _target(series: tuple[str, ...], files: tuple[str, ...]) -> Iterator[str]:
    if series:
        yield from _comment(
            f"The series of SQLAlchemy: {' or '.join(series)}, by {', '.join(files)}, which is read at every run. "
            "A line here overrules it."
        )
        yield f"# target-sqlalchemy = {_toml(series[-1])}"
    else:
        yield from _comment(
            "No lock file or requirement says which SQLAlchemy this runs on, so messages speak of every series."
        )
        yield '# target-sqlalchemy = "2.0"'


def _migrations(survey: Survey) -> Iterator[str]:
    found = survey.migrations
    if found is None:
        return
    revisions = sum(len(environment.graph.revisions) for environment in found.environments)
    folders = ", ".join(location or "." for environment in found.environments for location in environment.locations)
    text = f"Alembic: {_count(revisions, 'revision', 'revisions')} in {folders}"
    databases = ", ".join(f"{name} ({told_by or 'no file names another'})" for name, told_by in found.databases)
    yield from _comment(f"Revisions are replayed for {databases}; the first of `dialects` overrules it.")
    if found.file is not None:
        yield from _comment(f"{text}, by {found.file}, which is read at every run. A line here overrules it.")
    elif found.folders:
        yield from _comment(f"{text}, found by themselves, since no alembic.ini names them.")
    else:
        yield from _comment(f"{text}, found by themselves at every run.")
        return
    if found.folders:
        yield f"{'# ' if found.file is not None else ''}migrations = {_toml(found.folders)}"


def _python(survey: Survey) -> Iterator[str]:
    if survey.unread_packages:
        yield from _comment(
            f"Classes derive from packages that are not in this folder ({', '.join(survey.unread_packages)}), and "
            "there is no .venv here to read them from. Name the environment to have them known:"
        )
        yield '# python = "../.venv"'


def _baseline(name: str | None) -> Iterator[str]:
    if name is not None:
        yield from _comment("Findings that were there at the start, not reported; `ormlint baseline` writes them anew.")
        yield f"baseline = {_toml(name)}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _toml(value: object) -> str:
    if not isinstance(value, str) and isinstance(value, Iterable):
        value = [list(item) if isinstance(item, tuple) else item for item in value]
    return json.dumps(value, ensure_ascii=False)


def relative(files: Iterable[Path], root: Path) -> tuple[str, ...]:
    """Return files as they are named in comments: from the root, with forward slashes."""
    return tuple(file.relative_to(root).as_posix() for file in files)
