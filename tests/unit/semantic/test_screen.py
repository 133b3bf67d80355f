"""What the screen leaves out gives nothing: a check without it says the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ormlint.checker.analysis import analyse
from ormlint.checker.registry import load_rules
from ormlint.checker.result import Statistics
from ormlint.dev.screened import compare
from ormlint.settings import Settings
from ormlint.testing.markdown import Section, parse_document
from ormlint.testing.mdtest import section_settings
from ormlint.text import SourceError, SourceText, decode_source

ROOT = Path(__file__).parents[3]
SETTINGS = Settings(cli_select=("ALL",), preview=True)


def documents() -> list[Path]:
    rules = (ROOT / "src/ormlint/rules").rglob("*.md")
    return sorted([*rules, *(ROOT / "tests/mdtest").rglob("*.md")])


def sections(path: Path) -> Iterator[Section]:
    names = {rule.module.rpartition(".")[2]: rule.name for rule in load_rules().values()}
    yield from parse_document(path.read_text(encoding="utf-8"), names.get(path.stem)).sections


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_documents(path: Path) -> None:
    for section in sections(path):
        files = {name: decode_source(text.encode()) for name, text in section.files.items()}
        found = compare(files, section_settings(section, ("ALL",)), {})
        assert not found.wrong, f"{section.title}: {found.wrong}"


@pytest.mark.parametrize("folder", [ROOT / "examples/styles", ROOT / "examples/video_shop"], ids=lambda path: path.name)
def test_examples(folder: Path) -> None:
    files: dict[str, SourceText | SourceError] = {
        path.relative_to(folder).as_posix(): SourceText(path.read_bytes()) for path in sorted(folder.rglob("*.py"))
    }
    found = compare(files, SETTINGS, {})
    assert found.silent_modules, "nothing is left out at all"
    assert not found.wrong


def left_out(code: str, others: dict[str, str] | None = None) -> set[str]:
    """Return the functions of a file that are left out, and "" where its top level is."""
    texts = {"app.py": code, **(others or {})}
    files: dict[str, SourceText | SourceError] = {name: SourceText(text.encode()) for name, text in texts.items()}
    analysis = analyse(files, Statistics(), interpret=False)
    silent = analysis.model.silent(analysis.index.own_modules["app.py"])
    return {symbol.name if symbol is not None else "" for symbol in silent}


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        '"""Say nothing."""',
        "return None",
        "return {'a': [1, 2.5, True], 'b': (b'x', ...)}",
        "size = 10\n    return 'large'",
        "raise NotImplementedError",
        "raise ValueError('no such thing')",
        "return sa.String",
        "return op.add_column('users', sa.Column('age', sa.Integer(), nullable=True))",
        "op.drop_column('users', 'age')",
    ],
)
def test_left_out(body: str) -> None:
    assert "f" in left_out(f"import sqlalchemy as sa\nfrom alembic import op\n\ndef f(x):\n    {body}\n")


@pytest.mark.parametrize(
    "body",
    [
        "return x",  # what it is given may be a function that is handed on
        "return g(1)",
        "return g",
        "x.name = 1",
        "return x.name",
        "return 'known'",  # the name of a function with parameters that nothing declares
        "raise Missing",
        "raise ValueError(g(1))",
        "op = x\n    op.drop_column('users', 'age')",
        "sa.text('select 1')",
        "op.execute('delete from users')",
        "import math",
        "size: int = 10",
        "def inner():\n        pass",
        "yield 1",
        "if x:\n        pass",
    ],
)
def test_followed(body: str) -> None:
    code = (
        "import sqlalchemy as sa\nfrom alembic import op\nfrom errors import Missing\n\n"
        f"def known(y):\n    return y\n\ndef g(x: int):\n    return x\n\ndef f(x):\n    {body}\n"
    )
    assert "f" not in left_out(code)


def test_a_module_of_the_project_is_not_the_one_it_is_called_like() -> None:
    code = "import structlog\n\nlog = structlog.get_logger('app')\n"
    assert "" in left_out(code)
    assert "" not in left_out(code, {"structlog.py": "def get_logger(name): ...\n"})


def test_names_that_a_star_may_bring_are_not_builtins() -> None:
    assert "f" in left_out("def f():\n    raise ValueError\n")
    assert "f" not in left_out("from errors import *\n\ndef f():\n    raise ValueError\n")
    assert "f" not in left_out("from errors import ValueError\n\ndef f():\n    raise ValueError\n")


def test_top_levels() -> None:
    assert "" in left_out(
        "import logging\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import models\n\n"
        "log = logging.getLogger('app')\nLIMIT = 10\n\nclass Config:\n    size = 5\n\ndef f(): ...\n"
    )
    assert "" not in left_out("from models import User\n\nUser(name='x')\n")
    assert "" not in left_out("def g(): ...\n\nhandler = g\n")
    assert "" not in left_out("if __debug__:\n    LIMIT = 10\n")


def test_inner_functions_are_followed_with_the_function_around_them() -> None:
    assert left_out("def f(x):\n    def inner():\n        pass\n    return inner(x)\n") == {""}
