"""Measure ormlint beside other tools on pinned source packages: wall time, CPU and peak memory, as ratios in one run.

`python bench/run.py` measures all packages and writes bench/RESULTS.md; `python bench/run.py DIR` only prints one
folder. Packages and tools are installed once into bench/cache/. `--growth` says how many copies of one package are
checked side by side.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from editor import keystrokes

HERE = Path(__file__).parent
CACHE = HERE / "cache"
PACKAGES = {"optuna": "optuna==4.5.0", "aiida": "aiida-core==2.7.2", "superset": "apache-superset==4.1.1"}
TOOLS = ("ruff", "ty", "pyrefly", "flake8", "mypy", "pyright", "pylint")
TIMEOUT = 600
GROWN = "aiida"
GROWTH = (1, 2, 4, 8, 16, 32)  # to 20,000 files
CONFIGURATION = 'root = true\nrespect-gitignore = false\nselect = ["ALL"]\npreview = true\n'
MIB_PER_UNIT = 1 / 1024 if platform.system() != "Darwin" else 1 / 1024**2


@dataclass
class Cost:
    """What one process and its children cost."""

    wall: float
    cpu: float
    memory: float  # MiB, the largest process

    def row(self, name: str, base: Cost | None = None) -> str:
        ratio = f"{self.cpu / base.cpu:.1f}" if base is not None and self.cpu else ""
        cpu = f"{self.cpu:.2f}" if self.cpu else ""
        return f"| {name} | {self.wall:.2f} | {cpu} | {self.memory:.0f} | {ratio} |"


# Tools are measured as installed ones run: with their bytecode written, whatever this process was told.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT["PYTHONPYCACHEPREFIX"] = str(CACHE / "bytecode")

HEADER = "| | wall s | CPU s | MiB | CPU, ruff = 1 |\n| --- | --- | --- | --- | --- |"


def measure(command: list[str], folder: Path) -> Cost | None:
    """Run a command; None when it takes longer than TIMEOUT seconds or did not do its work."""
    started = time.perf_counter()
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=folder, stdout=quiet, stderr=quiet, env=ENVIRONMENT)
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.perf_counter() - started > TIMEOUT:
            process.kill()
            process.wait()
            return None
        time.sleep(0.002)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ((0, 1) if "pylint" not in command[0] else range(32)):
        return None  # no findings and no clean bill: it failed
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MIB_PER_UNIT)


def ormlint(*options: str) -> list[str]:
    return [sys.executable, "-m", "ormlint", "check", "--quiet", *options, "."]


def scenes(folder: Path, service: Path, model: Path) -> dict[str, Cost | None]:
    """Measure a cold run, one with nothing changed, and one after a change in a service and in a model file."""
    shutil.rmtree(folder / ".ormlint_cache", ignore_errors=True)
    found = {"cold": measure(ormlint(), folder), "nothing changed": measure(ormlint(), folder)}
    for name, path in (("one service file changed", service), ("one model file changed", model)):
        text = path.read_bytes()
        path.write_bytes(text + b"\n\ndef added_by_the_benchmark():\n    return 1\n")
        found[name] = measure(ormlint(), folder)
        path.write_bytes(text)
    found["cold, one process"] = measure(ormlint("--no-cache", "--jobs", "1"), folder)
    first, wall, cpu, memory = keystrokes(folder, service, ENVIRONMENT)
    found["server, to its first findings"] = Cost(first, 0.0, memory)
    found["server, a letter typed in a body"] = Cost(wall, cpu, memory)
    return found


def others(folder: Path, tools: Path, wanted: Sequence[str]) -> dict[str, Cost | None]:
    commands = {
        "ruff": ["ruff", "check", "--no-cache", "--isolated", "--select", "ALL", "--quiet", "."],
        "ty": ["ty", "check", "--no-progress", "."],
        "pyrefly": ["pyrefly", "check", "."],
        "flake8": ["flake8", "--isolated", "."],
        "mypy": ["mypy", "--cache-dir", os.devnull, "--config-file", "", "--ignore-missing-imports",
                 "--namespace-packages", "--explicit-package-bases", "--no-error-summary", "."],
        "pyright": ["pyright", "."],
        "pylint": ["pylint", "--rcfile", os.devnull, "--recursive", "y", "."],
    }  # fmt: skip
    found: dict[str, Cost | None] = {}
    for name, command in commands.items():
        path = tools / name
        if path.exists() and name in wanted:
            found[name] = measure([str(path), *command[1:]], folder)
    return found


def project(source: Path, into: Path) -> Path:
    """Copy the Python files of a package to a project of its own, without its configuration."""
    for path in source.rglob("*.py"):
        target = into / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (into / "ormlint.toml").write_text(CONFIGURATION)
    return into


def chosen(folder: Path) -> tuple[Path, Path]:
    """Return a service and a model file: the largest one that queries, and the one with most tables."""
    texts = {path: path.read_bytes() for path in sorted(folder.rglob("*.py"))}
    model = max(texts, key=lambda path: texts[path].count(b"__tablename__"))
    service = max((path for path in texts if path != model), key=lambda path: texts[path].count(b"session."))
    return service, model


def report(name: str, source: Path, tools: Path, wanted: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as place:
        folder = project(source, Path(place) / "project")
        files = list(folder.rglob("*.py"))
        size = sum(path.stat().st_size for path in files) / 1e6
        compared = others(folder, tools, wanted)
        found = scenes(folder, *chosen(folder))
    base = compared.get("ruff")
    lines = [f"## {name}: {len(files)} files, {size:.1f} MB", "", HEADER]
    for shown, cost in [*((f"ormlint, {scene}", cost) for scene, cost in found.items()), *compared.items()]:
        lines.append(
            cost.row(shown, base) if cost is not None else f"| {shown} | failed, or more than {TIMEOUT} | | | |"
        )
    return [*lines, ""]


def growth(requirement: str, times: tuple[int, ...]) -> list[str]:
    """The same code several times over, side by side: an import means the copy it stands in, which is nearest."""
    source = package(requirement)
    lines = [
        f"## Growth: copies of {requirement} side by side, one process, no cache",
        "",
        "| copies | files | MB | CPU s | CPU s per MB | MiB | MiB per MB |",
        "| --- " * 7 + "|",
    ]
    for count in times:
        with tempfile.TemporaryDirectory() as place:
            root = Path(place)
            for number in range(count):
                project(source, root / f"copy{number}")
                (root / f"copy{number}" / "ormlint.toml").unlink()
            (root / "ormlint.toml").write_text(CONFIGURATION)
            files = list(root.rglob("*.py"))
            size = sum(path.stat().st_size for path in files) / 1e6
            cost = measure(ormlint("--no-cache", "--jobs", "1"), root)
        if cost is not None:
            lines.append(
                f"| {count} | {len(files)} | {size:.1f} | {cost.cpu:.2f} | {cost.cpu / size:.2f} "
                f"| {cost.memory:.0f} | {cost.memory / size:.1f} |"
            )
    return [*lines, ""]


def package(requirement: str) -> Path:
    """Return the unpacked source of a pinned package, downloaded on first use."""
    name, version = requirement.split("==")
    CACHE.mkdir(exist_ok=True)
    pattern = f"{re.sub('[-_.]', '[-_.]', name)}[-_]{version}"
    if not any(path.is_dir() for path in CACHE.glob(pattern)):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(CACHE), requirement], check=True)
        with tarfile.open(next(CACHE.glob(f"{pattern}.tar.gz"))) as tar:
            tar.extractall(CACHE, filter="data")
    return next(path for path in CACHE.glob(pattern) if path.is_dir())


def installed_tools() -> tuple[Path, str]:
    """Return the folder of the other tools, and their versions; those that do not install are left out."""
    python = CACHE / "tools" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(CACHE / "tools")], check=True)
        for tool in TOOLS:
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", tool], check=False)
    listed = subprocess.run([str(python), "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    return python.parent, ", ".join(line.replace("==", " ") for line in listed.split() if line.split("==")[0] in TOOLS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="measure this folder, and print only")
    parser.add_argument("--packages", nargs="*", choices=PACKAGES, default=list(PACKAGES))
    parser.add_argument("--tools", nargs="*", choices=TOOLS, default=list(TOOLS), help="measure these beside ormlint")
    parser.add_argument("--growth", nargs="*", type=int, default=GROWTH, help="how many copies; nothing: not at all")
    options = parser.parse_args()
    tools, versions = installed_tools()
    measure([sys.executable, "-m", "ormlint", "check", "--isolated", "--no-cache", str(HERE)], HERE)  # writes bytecode
    from ormlint import __version__

    lines = [
        "# Results",
        "",
        f"Measured on {datetime.date.today()} by `make bench`, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}: ormlint {__version__} with all rules; {versions}.",
        "Ratios within one run are to be compared; seconds depend on what else the machine did. CPU counts all",
        "processes of a tool, memory its largest one. Ruff runs with `--select ALL --no-cache`, the others with",
        "defaults and without a cache or configuration; none sees the packages that the code needs.",
        "",
    ]
    sources = {options.folder.name: options.folder} if options.folder else {}
    for name in () if options.folder else options.packages:
        sources[PACKAGES[name]] = package(PACKAGES[name])
    for name, source in sources.items():
        lines += report(name, source, tools, options.tools)
    if options.growth and not options.folder:
        lines += growth(PACKAGES[GROWN], tuple(options.growth))
    text = "\n".join(lines)
    print(text)
    if not options.folder:
        (HERE / "RESULTS.md").write_text(text.rstrip() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
