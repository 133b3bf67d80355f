"""Runs the documents of expression shapes on SQLite: what is revealed is what SQLAlchemy gives."""

from __future__ import annotations

import asyncio
import builtins
import importlib
import inspect
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import DOCUMENTS, REVEALED, Section, sections

SECTIONS = [section for section in sections(DOCUMENTS / "shapes.md") if "run.py" in section.files]


def split_top(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside all brackets."""
    parts, depth, start = [], 0, 0
    for position, char in enumerate(text):
        depth += (char in "[(") - (char in "])")
        if depth == 0 and text.startswith(separator, position):
            parts.append(text[start:position])
            start = position + len(separator)
    return [*parts, text[start:]]


_CLASSES = {
    "Result": ("CursorResult", "IteratorResult", "ChunkedIteratorResult", "ScalarResult", "FrozenResult"),
    "Query": ("Query", "AppenderQuery", "AppenderMixin"),
    "Pagination": ("QueryPagination", "SelectPagination", "Pagination"),
    "Aliased": ("AliasedClass",),
    "Row": ("Row",),
}


def fits(value: Any, text: str) -> bool:
    """Tell whether a value is of the type a text names; what is Unknown fits everything."""
    alternatives = split_top(text, " | ")
    if len(alternatives) > 1:
        return any(fits(value, part) for part in alternatives)
    if text.startswith(("Unknown", "Loaded")):
        return True
    if text == "None":
        return value is None
    if text == "SQL":
        return hasattr(value, "compile")
    name, _, inside = text.partition("[")
    arguments = split_top(inside[:-1], ", ") if inside else []
    names = {cls.__name__ for cls in type(value).__mro__}
    if name in ("list", "relationship", "set"):
        return isinstance(value, (list, tuple, set)) and all(fits(item, arguments[0]) for item in value)
    if name == "Row" and "Row" in names:
        return arguments == ["?"] or (len(value) == len(arguments) and all(map(fits, value, arguments)))
    return bool(names & set(_CLASSES.get(name, (name.rpartition(".")[2],))))


def check_reveal(value: Any) -> Any:
    """Stand in for `reveal_type`: compare with the text at the end of the calling line."""
    frame = inspect.stack()[1]
    line = Path(frame.filename).read_text(encoding="utf-8").splitlines()[frame.lineno - 1]
    match = REVEALED.search(line)
    assert match is not None
    seen.add(frame.lineno)
    assert fits(value, match.group(1)), f"{line.strip()}\nis a {type(value).__name__}: {value!r}"
    return value


seen: set[int] = set()


def forget() -> None:
    """Forget modules of the names that the documents use, whoever imported them."""
    for name in [name for name in sys.modules if name.split(".")[0] in ("app", "run")]:
        del sys.modules[name]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder on the path, and forget what was imported from it afterwards."""
    forget()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(builtins, "reveal_type", check_reveal, raising=False)
    yield tmp_path
    forget()
    if "sqlmodel" in sys.modules:  # its one metadata outlives the modules
        sys.modules["sqlmodel"].SQLModel.metadata.clear()


@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_shapes(section: Section, project: Path) -> None:
    for path, text in section.files.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    importlib.invalidate_caches()
    seen.clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        models, module = importlib.import_module("app.models"), importlib.import_module("run")
        functions = [item for item in vars(module).values() if getattr(item, "__module__", "") == "run"]
        for function in functions:
            run(function, models)
    expected = {line for path, line in section.expected() if path == "run.py"}
    assert seen == expected, f"never reached: {sorted(expected - seen)}"


def run(function: Any, models: Any) -> None:
    """Call a function of a section with the session its first parameter asks for."""
    from sqlalchemy import create_engine
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import StaticPool

    parameter = next(iter(inspect.signature(function).parameters.values()), None)
    if inspect.iscoroutinefunction(function):
        pytest.importorskip("aiosqlite")
        asyncio.run(run_async(function, models, parameter.annotation if parameter else None))
    elif parameter is None:
        result = models.prepare() if not inspect.signature(models.prepare).parameters else None
        if result is None:
            function()
        else:
            with result.app_context():
                function()
    elif parameter.annotation in (Session, *Session.__subclasses__()):
        if function.__name__ == "titles":
            return
        engine = create_engine("sqlite://", poolclass=StaticPool)
        with engine.begin() as connection:
            models.prepare(connection)
        with parameter.annotation(engine) as session:
            function(session)


async def run_async(function: Any, models: Any, session_class: Any) -> None:
    """Call an asynchronous function with a session on a new database."""
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import StaticPool

    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    async with engine.begin() as connection:
        await connection.run_sync(models.prepare)
    async with session_class(engine, expire_on_commit=False) as session:
        await function(session)
    await engine.dispose()
