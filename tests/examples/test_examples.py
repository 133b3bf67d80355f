"""The examples: each planted bug is found where examples/README.md says, the clean twins are silent, and it all imports."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ormlint.checker.engine import check_project
from ormlint.project.discovery import project_files
from ormlint.project.workspace import read_files
from ormlint.settings import Settings

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
PLANTED = {
    ("styles/declarative_1x.py", 35, "ORM101"),
    ("styles/declarative_1x.py", 36, "ORM101"),
    ("styles/declarative_1x.py", 45, "ORM102"),
    ("styles/declarative_1x.py", 72, "ORM201"),
    ("styles/declarative_1x.py", 89, "ORM202"),
    ("styles/declarative_1x.py", 110, "ORM301"),
    ("styles/declarative_1x.py", 120, "ORM302"),
    ("styles/declarative_1x.py", 127, "ORM303"),
    ("styles/flask_sqlalchemy.py", 38, "ORM101"),
    ("styles/flask_sqlalchemy.py", 39, "ORM101"),
    ("styles/flask_sqlalchemy.py", 48, "ORM102"),
    ("styles/flask_sqlalchemy.py", 69, "ORM201"),
    ("styles/flask_sqlalchemy.py", 86, "ORM202"),
    ("styles/flask_sqlalchemy.py", 107, "ORM301"),
    ("styles/flask_sqlalchemy.py", 116, "ORM302"),
    ("styles/flask_sqlalchemy.py", 123, "ORM303"),
    ("styles/sqlmodel.py", 44, "ORM101"),
    ("styles/sqlmodel.py", 47, "ORM101"),
    ("styles/sqlmodel.py", 59, "ORM102"),
    ("styles/sqlmodel.py", 84, "ORM201"),
    ("styles/sqlmodel.py", 101, "ORM202"),
    ("styles/sqlmodel.py", 115, "ORM301"),
    ("styles/sqlmodel.py", 125, "ORM302"),
    ("styles/sqlmodel.py", 132, "ORM303"),
    ("video_shop/tests/test_catalogue.py", 45, "ORM106"),
    ("video_shop/tests/test_jobs.py", 16, "ORM302"),
    ("video_shop/video_shop/models/account.py", 61, "ORM906"),
    ("video_shop/video_shop/models/account.py", 95, "ORM901"),
    ("video_shop/video_shop/models/job.py", 34, "ORM902"),
    ("video_shop/video_shop/models/job.py", 52, "ORM907"),
    ("video_shop/video_shop/models/job.py", 60, "ORM101"),
    ("video_shop/video_shop/models/job.py", 60, "ORM102"),
    ("video_shop/video_shop/models/video.py", 47, "ORM306"),
    ("video_shop/video_shop/models/video.py", 56, "ORM906"),
    ("video_shop/video_shop/services/uploads.py", 24, "ORM201"),
    ("video_shop/video_shop/services/uploads.py", 25, "ORM106"),
    ("video_shop/video_shop/services/uploads.py", 25, "ORM109"),
    ("video_shop/video_shop/tasks/proxies.py", 15, "ORM202"),
}

SHOP_MODULES = sorted(
    ".".join(path.relative_to(EXAMPLES / "video_shop").with_suffix("").parts).removesuffix(".__init__")
    for path in (EXAMPLES / "video_shop" / "video_shop").rglob("*.py")
)


def test_just_what_was_planted() -> None:
    settings = Settings()
    result = check_project(dict(read_files(EXAMPLES, project_files(EXAMPLES, settings))), settings)
    assert {(item.path, item.start.row, item.code) for item in result.diagnostics} == PLANTED


def test_what_is_found_in_preview() -> None:
    settings = Settings(select=("ORM308", "ORM411", "ORM805"), preview=True)
    result = check_project(dict(read_files(EXAMPLES, project_files(EXAMPLES, settings))), settings)
    assert {(item.path, item.start.row, item.code) for item in result.diagnostics} == {
        ("video_shop/tests/test_catalogue.py", 19, "ORM805"),
        ("video_shop/video_shop/models/account.py", 82, "ORM411"),
    }


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_files_changes_nothing(seed: int) -> None:
    """The whole diagnostics in their order: messages, ranges, fixes and related places."""
    settings = Settings(select=("ALL",), preview=True)
    paths = project_files(EXAMPLES, settings)
    first = check_project(dict(read_files(EXAMPLES, paths)), settings).diagnostics
    mixed = list(paths)
    random.Random(seed).shuffle(mixed)
    assert mixed != paths
    assert check_project(dict(read_files(EXAMPLES, mixed)), settings).diagnostics == first


def test_the_readme_names_them() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path, _, code in PLANTED:
        assert path.rpartition("/")[2] in text and code in text


@pytest.mark.parametrize(
    ("folder", "module", "package"),
    [
        *(("video_shop", module, "sqlalchemy") for module in SHOP_MODULES),
        (".", "styles.declarative_1x", "sqlalchemy"),
        (".", "styles.flask_sqlalchemy", "flask_sqlalchemy"),
        (".", "styles.sqlmodel", "sqlmodel"),
    ],
)
def test_examples_import(folder: str, module: str, package: str) -> None:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    code = f"import {module}; from sqlalchemy.orm import configure_mappers; configure_mappers()"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=EXAMPLES / folder, check=True, env=dict(os.environ)
    )


def test_the_readme_tells_what_is_found() -> None:
    """What `make demo` prints, from the checkout's root and with its configuration, ends as the README says."""
    root = EXAMPLES.parent
    command = [sys.executable, "-m", "ormlint", "check", "--no-cache", "examples"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    (last,) = (line for line in done.stdout.splitlines() if line.startswith("Found "))
    assert last in (root / "README.md").read_text(encoding="utf-8")
