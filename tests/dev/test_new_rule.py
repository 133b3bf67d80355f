"""A new rule's scaffold: in a copy of the checkout its tests fail with "no example yet", and with nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    return subprocess.run(
        [sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def test_scaffold(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", copy / "src", ignore=ignore)
    (copy / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "test_rule_documents.py", copy / "tests")
    done = run(copy, "-m", "ormlint.dev", "new-rule", "ORM299", "surprising-attribute", "attributes")
    assert done.returncode == 0, done.stderr
    tests = run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", "surprising-attribute")
    failures = [line for line in tests.stdout.splitlines() if line.startswith("FAILED")]
    assert len(failures) == 1 and "test_document_is_complete" in failures[0], tests.stdout
    assert "no example yet" in tests.stdout
    again = run(copy, "-m", "ormlint.dev", "new-rule", "ORM299", "other-name", "attributes")
    assert again.returncode == 2 and "never used again" in again.stderr


def test_bad_arguments(tmp_path: Path) -> None:
    for arguments, message in (
        (("ORM1", "a-name", "attributes"), "no code"),
        (("ORM298", "Name", "attributes"), "no name"),
        (("ORM298", "phantom-attribute-read", "attributes"), "there is a rule"),
        (("ORM298", "a-name", "nowhere"), "no family"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "ormlint.dev", "new-rule", "--root", str(ROOT), *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        assert done.returncode == 2 and message in done.stderr, done.stderr
