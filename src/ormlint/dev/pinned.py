"""The pinned packages of the ecosystem run: fetched once, checked by their digest, unpacked in the user's cache."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import tomli

PINS = Path("tests") / "ecosystem" / "projects.toml"


class PinnedError(Exception):
    """A pinned package cannot be had, or is not what was pinned; the message names it."""


def pinned_projects(root: Path) -> dict[str, Path]:
    """Return the folder of each pinned package by `name==version`, in the order of the file.

    Raises:
        PinnedError: a package cannot be fetched, or has another digest than the pinned one.
    """
    pins = tomli.loads((root / PINS).read_text(encoding="utf-8"))
    cache = _cache()
    cache.mkdir(parents=True, exist_ok=True)
    found: dict[str, Path] = {}
    for name, pin in pins.items():
        label = f"{name}=={pin['version']}"
        folder = cache / label
        if not folder.is_dir():
            _unpack(_fetch(cache, label, pin["sha256"]), folder)
        found[label] = folder
    return found


def _cache() -> Path:
    """Return where packages are unpacked: outside any checkout, whose ignored files would not be read."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ormlint-ecosystem"


def _fetch(cache: Path, label: str, digest: str) -> Path:
    inbox = cache / "download"
    shutil.rmtree(inbox, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", "3.13", "--dest", str(inbox), label]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(inbox.glob("*.whl")) if inbox.is_dir() else []
    if done.returncode or len(wheels) != 1:
        raise PinnedError(f"{label} cannot be fetched: {done.stderr.strip().rpartition(chr(10))[2]}")
    found = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
    if found != digest:
        raise PinnedError(f"{label} has the digest {found}, and {PINS.as_posix()} says {digest}")
    return wheels[0]


def _unpack(wheel: Path, folder: Path) -> None:
    """Unpack the Python files of a wheel. Nothing of it is run."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(partial, [name for name in archive.namelist() if name.endswith(".py")])
    wheel.unlink()
    partial.rename(folder)
