"""The ecosystem run: sizes, the table of rules, differences from the run that was kept, pinned packages."""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import tomli

from ormlint.dev import ecosystem, pinned

ROOT = Path(__file__).parent.parent.parent
MODEL = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class Job(Base):
    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)


Job(name="a")
Job(name="b")
"""


def options(root: Path, *projects: Path, record: bool = False) -> argparse.Namespace:
    return argparse.Namespace(
        root=root, projects=list(projects), select="", preview=False, findings=True, record=record
    )


def test_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "models.py").write_text(MODEL, encoding="utf-8")
    assert ecosystem.run(options(tmp_path, tmp_path)) == 0
    out = capsys.readouterr().out
    assert f"| {tmp_path.name} | 1 | 13 |" in out
    assert f"| ORM201 unknown-constructor-keyword | 2 | {tmp_path.name} |" in out
    assert "models.py:12:5" in out


def test_pinned(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "shop-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("shop/models.py", MODEL)
        archive.writestr("shop/picture.png", "x")
    data = wheel.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    pins = tmp_path / pinned.PINS
    pins.parent.mkdir(parents=True)

    real = subprocess.run

    def download(command: list[str], **rest: Any) -> subprocess.CompletedProcess[str]:
        if "download" not in command:
            return real(command, **{"check": False, **rest})
        inbox = Path(command[command.index("--dest") + 1])
        inbox.mkdir()
        (inbox / wheel.name).write_bytes(data)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", download)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    pins.write_text('[shop]\nversion = "1.0"\nsha256 = "0"\n', encoding="utf-8")
    assert ecosystem.run(options(tmp_path)) == 2
    assert digest in capsys.readouterr().err

    pins.write_text(f'[shop]\nversion = "1.0"\nsha256 = "{digest}"\n', encoding="utf-8")
    assert ecosystem.run(options(tmp_path)) == 1
    assert "+ shop==1.0 ORM201 shop/models.py: Job(name) (2 times)" in capsys.readouterr().out
    assert ecosystem.run(options(tmp_path, record=True)) == 0
    assert ecosystem.run(options(tmp_path)) == 0
    kept = json.loads((tmp_path / ecosystem.RECORD).read_text(encoding="utf-8"))
    assert kept == {"shop==1.0": {"ORM201": {"shop/models.py: Job(name)": 2}}}
    assert not (tmp_path / "cache" / "ormlint-ecosystem" / "shop==1.0" / "shop" / "picture.png").exists()


def test_gone() -> None:
    before = {"shop": {"ORM201": {"a.py: Job.x": 1}}}
    assert list(ecosystem.differences(before, {"shop": {}})) == ["- shop ORM201 a.py: Job.x"]


def test_what_is_kept_belongs_to_what_is_pinned() -> None:
    pins = tomli.loads((ROOT / pinned.PINS).read_text(encoding="utf-8"))
    kept = json.loads((ROOT / ecosystem.RECORD).read_text(encoding="utf-8"))
    assert len(pins) >= 10
    assert set(kept) == {f"{name}=={pin['version']}" for name, pin in pins.items()}
