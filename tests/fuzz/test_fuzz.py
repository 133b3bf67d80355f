"""All rules and all fixes over code that nobody wrote for them: no crash, no hang, and what is fixed is Python."""

from __future__ import annotations

import os
import random
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ormlint.checker.engine import check_project
from ormlint.checker.fixing import fix_project
from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText, decode_source

IS_LONG = os.environ.get("ORMLINT_FUZZ") == "long"
ALL = Settings(select=("ALL",), preview=True)
STDLIB = Path(sysconfig.get_paths()["stdlib"])
EXAMPLES = Path(__file__).parent.parent.parent / "examples"
EXAMPLE_TEXTS = {
    path.relative_to(EXAMPLES).as_posix(): path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.rglob("*.py"))
}
PROFILE = settings(
    max_examples=400 if IS_LONG else 6,
    deadline=None,
    derandomize=not IS_LONG,
    suppress_health_check=[HealthCheck.too_slow],
)


def examined(files: dict[str, str]) -> None:
    """Check and fix files; nothing fails, and what compiled before compiles after."""
    sources: dict[str, SourceText | SourceError] = {
        path: decode_source(text.encode("utf-8", "replace")) for path, text in files.items()
    }
    result = fix_project(sources, ALL, unsafe=True)
    crashes = [item for item in result.result.diagnostics if item.code == "ORM002"]
    assert not crashes, "\n".join(f"{item.path}: {item.message}" for item in crashes)
    for path in result.changed(sources):
        before, after = sources[path], result.files[path]
        assert isinstance(before, SourceText) and isinstance(after, SourceText)
        assert not compiles(before.text) or compiles(after.text), path


def compiles(text: str) -> bool:
    try:
        compile(text, "<text>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def standard_library(count: int | None) -> list[Path]:
    files = sorted(path for path in STDLIB.rglob("*.py") if "site-packages" not in path.parts)
    return files if count is None else random.Random(1).sample(files, count)


def installed_packages(count: int) -> list[Path]:
    """Return files of what is installed beside ormlint, SQLAlchemy and Alembic among them."""
    files = sorted(Path(sysconfig.get_paths()["purelib"]).rglob("*.py"))
    return random.Random(2).sample(files, min(count, len(files)))


def examined_in_place(paths: list[Path], root: Path) -> None:
    """Check and fix files as one program, in memory: no crash, nothing unwritable, and all that compiled compiles."""
    files: dict[str, SourceText | SourceError] = {}
    for path in paths:
        try:
            files[path.relative_to(root).as_posix()] = decode_source(path.read_bytes())
        except SourceError as error:
            files[path.relative_to(root).as_posix()] = error
    result = fix_project(files, ALL, unsafe=True)
    assert not [item for item in result.result.diagnostics if item.code == "ORM002"]
    assert not result.unwritable
    for path in result.changed(files):
        before, after = files[path], result.files[path]
        assert isinstance(before, SourceText) and isinstance(after, SourceText)
        assert not compiles(before.text) or compiles(after.text), path


def test_the_standard_library() -> None:
    examined_in_place(standard_library(None if IS_LONG else 60), STDLIB)


def test_installed_packages() -> None:
    examined_in_place(installed_packages(2_000 if IS_LONG else 60), Path(sysconfig.get_paths()["purelib"]))


@PROFILE
@given(
    path=st.sampled_from(sorted(EXAMPLE_TEXTS)),
    first=st.integers(0, 200),
    count=st.integers(1, 6),
)
def test_lines_deleted(path: str, first: int, count: int) -> None:
    lines = EXAMPLE_TEXTS[path].splitlines(keepends=True)
    start = first % len(lines)
    examined({**EXAMPLE_TEXTS, path: "".join(lines[:start] + lines[start + count :])})


@PROFILE
@given(
    head=st.sampled_from(sorted(EXAMPLE_TEXTS)),
    tail=st.sampled_from(sorted(EXAMPLE_TEXTS)),
    at=st.integers(0, 5_000),
    start=st.integers(0, 5_000),
)
def test_files_spliced(head: str, tail: str, at: int, start: int) -> None:
    first, second = EXAMPLE_TEXTS[head], EXAMPLE_TEXTS[tail]
    examined({**EXAMPLE_TEXTS, head: first[: at % len(first)] + second[start % len(second) :]})


@PROFILE
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200), st.integers(0, 5_000))
def test_text_put_in(text: str, at: int) -> None:
    path = "video_shop/video_shop/models/account.py"
    before = EXAMPLE_TEXTS[path]
    at %= len(before)
    examined({**EXAMPLE_TEXTS, path: before[:at] + text + before[at:]})


@PROFILE
@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    try:
        source: SourceText | SourceError = decode_source(raw)
    except SourceError as error:
        source = error
    check_project({"a.py": source}, ALL)


HEAD = (
    "import enum\nfrom sqlalchemy import Column, Enum, Integer\nfrom sqlalchemy.orm import declarative_base\n"
    "Base = declarative_base()\n\n\nclass S(enum.Enum):\n    A = 'a'\n\n\nclass Job(Base):\n    __tablename__ = 'job'\n"
    "    id = Column(Integer, primary_key=True)\n    s = Column(Enum(S))\n\n\n"
)
DEEP = {
    "parentheses": HEAD + "x = " + "(" * 10_000 + "1" + ")" * 10_000 + "\nJob(s='A')\n",
    "lists": HEAD + "x = " + "[" * 10_000 + "]" * 10_000 + "\nJob(s='A')\n",
    "calls": HEAD + "x = " + "f(" * 10_000 + ")" * 10_000 + "\nJob(s='A')\n",
    "attributes": HEAD + "x = a" + ".b" * 10_000 + "\nJob(s='A')\n",
    "methods": HEAD + "x = a" + ".b()" * 10_000 + "\nJob(s='A')\n",
    "minus": HEAD + "x = " + "-" * 10_000 + "1\nJob(s='A')\n",
    "operators": HEAD + "x = " + " + ".join(["'a'"] * 10_000) + "\nJob(s='A')\n",
    "elif": HEAD + "if x == 0: pass\n" + "".join(f"elif x == {n}: pass\n" for n in range(10_000)) + "Job(s='A')\n",
    "blocks": HEAD + "".join("\t" * n + "if x:\n" for n in range(300)) + "\t" * 300 + "Job(s='A')\n",
    "lambdas": HEAD + "x = " + "lambda: " * 10_000 + "1\nJob(s='A')\n",
    "unclosed": HEAD + "x = " + "[" * 10_000 + "\nJob(s='A')\n",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_nesting(name: str) -> None:
    """In a process of its own: what would overflow the stack has to cost the test, not the run."""
    import subprocess

    code = (
        "import sys; from ormlint.checker.fixing import fix_project; from ormlint.settings import Settings\n"
        "from ormlint.text import decode_source\n"
        "result = fix_project({'a.py': decode_source(sys.stdin.buffer.read())}, Settings(select=('ALL',), preview=True))\n"
        "found = [item for item in result.result.diagnostics if item.code == 'ORM002']\n"
        "sys.exit(str(found) if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], input=DEEP[name].encode(), capture_output=True, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr.decode()[-2000:])


def test_a_long_line() -> None:
    size = 5_000_000 if IS_LONG else 500_000
    examined({"a.py": HEAD + "x = [" + "'a', " * (size // 5) + "]\nJob(s='A')\n", "b.py": "x = '" + "é" * size + "'\n"})


def test_many_classes() -> None:
    count = 100_000 if IS_LONG else 3_000
    check_project(
        {"a.py": decode_source((HEAD + "".join(f"class A{n}: x = {n}\n" for n in range(count))).encode())}, ALL
    )


def test_many_models() -> None:
    count = 5_000 if IS_LONG else 300
    models = "".join(
        f"class M{n}(Base):\n    __tablename__ = 'm{n}'\n    id = Column(Integer, primary_key=True, default=[])\n\n\n"
        for n in range(count)
    )
    examined({"a.py": HEAD + models})


def test_many_values_handed_on_in_a_ring() -> None:
    """Each of many functions hands what it is given to others: the kinds of all calls would meet in every one."""
    count = 120
    functions = [
        f"def f{at}(value, other):\n    f{(at + 1) % count}(value, other)\n    f{(at + 7) % count}(other, value)\n"
        for at in range(count)
    ]
    calls = [f"f{at % count}('a{at}', 'b{at}')" for at in range(6 * count)]
    examined({"shop/models.py": "\n".join(["from sqlalchemy import Column", *functions, *calls, ""])})
