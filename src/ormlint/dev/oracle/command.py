"""Compare the index with SQLAlchemy over real packages, each installed into an environment of its own."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path
from typing import Any

import sqlalchemy

from ormlint.checker.analysis import Analysis, analyse
from ormlint.checker.result import Statistics
from ormlint.dev.oracle.compare import Comparison, compare_classes, compare_tables, static_statements
from ormlint.dev.oracle.packages import PACKAGES, Package
from ormlint.index.model import MappedClass
from ormlint.project.environment import find_environment
from ormlint.project.workspace import read_files
from ormlint.settings import Settings

DUMP = Path(__file__).with_name("dump.py")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help=f"of {', '.join(PACKAGES)}; all without it")
    parser.add_argument("--dir", type=Path, help="keep the environments in this folder, and use what is there")
    parser.add_argument("--details", action="store_true", help="print every difference")
    parser.add_argument("--tables", action="store_true", help="compare CREATE TABLE too")


def run(options: argparse.Namespace) -> int:
    """Print tables in Markdown: classes and attributes, then what is open and why."""
    unknown = [name for name in options.packages if name not in PACKAGES]
    if unknown:
        print(f"no such package: {', '.join(unknown)}; there are {', '.join(PACKAGES)}", file=sys.stderr)
        return 2
    chosen = [PACKAGES[name] for name in options.packages or PACKAGES]
    if options.dir:
        options.dir.mkdir(parents=True, exist_ok=True)
        return _run(chosen, options.dir.resolve(), options)
    with tempfile.TemporaryDirectory(prefix="ormlint-oracle-") as folder:
        return _run(chosen, Path(folder), options)


def _run(chosen: list[Package], folder: Path, options: argparse.Namespace) -> int:
    failed = 0
    rows: list[str] = []
    notes: list[str] = []
    for package in chosen:
        try:
            prefix = install(package, folder / package.name)
            wanted = dump(prefix, package, options.tables)
        except (subprocess.CalledProcessError, OSError, ValueError) as error:
            failed = 1
            print(f"{package.name}: {error}", file=sys.stderr)
            continue
        analysis = index_of(prefix, package)
        result = compare_package(analysis, package, wanted)
        rows.append(_row(package, wanted, result))
        notes += _notes(package, wanted, result, options.details)
        if options.tables:
            notes += _tables(package, analysis, wanted, options.details)
    print(
        "| package | SQLAlchemy | classes found / missing / extra | attributes | right | partly | wrong | missing "
        "| extra | right % | keywords right / wrong | open |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join(rows))
    print("\n".join(notes))
    return failed


def install(package: Package, prefix: Path) -> Path:
    """Make an environment with the package, unless the folder has one that was finished."""
    done = prefix / ".ormlint-installed"
    if not done.exists():
        print(f"installing {' '.join(package.requirements)}", file=sys.stderr)
        venv.create(prefix, with_pip=True, clear=prefix.exists())
        command = [str(interpreter(prefix)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, *package.requirements], check=True)
        done.touch()
    return prefix


def interpreter(prefix: Path) -> Path:
    """Return the Python of an environment."""
    return prefix / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def dump(prefix: Path, package: Package, tables: bool) -> dict[str, Any]:
    """Import the models of a package in its environment, and return what SQLAlchemy makes of them."""
    spec = {
        "paths": package.paths,
        "prefixes": package.prefixes,
        "setup": package.setup,
        "tables": tables,
    }
    done = subprocess.run(
        [str(interpreter(prefix)), str(DUMP), json.dumps(spec)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ValueError(f"its models could not be imported\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def index_of(prefix: Path, package: Package) -> Analysis:
    """Read the package as a project, with the rest of its environment around it."""
    environment = find_environment(prefix.parent, Settings(python=str(prefix)))
    if environment is None:  # pragma: no cover - a folder was given
        raise ValueError(f"no environment in {prefix}")
    root = Path(environment.roots[0])
    paths = [
        path.relative_to(root).as_posix()
        for name in package.prefixes
        for path in sorted(root.glob(f"{name.replace('.', '/')}/**/*.py"))
    ]
    return analyse(read_files(root, paths), Statistics(), interpret=False, environment=environment)


def compare_package(analysis: Analysis, package: Package, wanted: dict[str, Any]) -> Comparison:
    """Compare the classes of the modules that were imported; those that nothing imported are not judged."""
    mapped = {f"{module_name(item)}.{item.symbol.facts.qualname}": item for item in analysis.index.mapped.values()}
    imported = {name.rpartition(".")[0] for name in wanted["classes"]} | set(wanted["modules"])
    judged = {name: item for name, item in mapped.items() if module_name(item) in imported}
    return compare_classes(analysis.index, analysis.sources, judged, wanted["classes"])


def module_name(mapped: MappedClass) -> str:
    """Return the dotted name of a class's module from its path below site-packages."""
    return mapped.symbol.module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


# -- what is printed


def _row(package: Package, wanted: dict[str, Any], result: Comparison) -> str:
    found = result.classes - len(result.missing_classes)
    whole = result.attributes or 1
    cells = [
        package.name,
        wanted["sqlalchemy"],
        f"{found} / {len(result.missing_classes)} / {len(result.extra_classes)}",
        result.attributes,
        result.right,
        len(result.partly),
        len(result.wrong),
        len(result.missing),
        len(result.extra),
        f"{100 * result.right / whole:.2f}",
        f"{result.keywords_right} / {len(result.keywords_wrong)}",
        f"{len(result.open_classes)} ({100 * len(result.open_classes) / max(found, 1):.1f} %)",
    ]
    return f"| {' | '.join(map(str, cells))} |"


def _notes(package: Package, wanted: dict[str, Any], result: Comparison, details: bool) -> list[str]:
    notes = ["", f"## {package.name}", ""]
    notes += [f"- not imported: {name}: {reason}" for name, reason in sorted(wanted["failed"].items())]
    if wanted["configure"]:
        notes.append(f"- mappers not configured: {wanted['configure']}")
    for title, reasons in (("open", result.open_classes), ("open constructor", result.open_constructors)):
        for reason, count in Counter(reasons.values()).most_common():
            first = next(name for name, own in reasons.items() if own == reason)
            notes.append(f"- {title}, {count}: {reason} ({first.rpartition('.')[2]})")
    problems = result.problems()
    problems += [f"{name}: {item}" for name, items in result.partly.items() for item in items]
    if not details:
        kinds = Counter(re.sub(r"^.*?: |'[^']*'|\[.*?\]", "", problem) for problem in problems)
        notes += [f"- {count} times {kind}" for kind, count in kinds.most_common()]
    return [*notes, *(f"- {problem}" for problem in problems if details)]


def _tables(package: Package, analysis: Analysis, wanted: dict[str, Any], details: bool) -> list[str]:
    notes: list[str] = []
    for name, statements in wanted["tables"].items():
        mine = static_statements(
            analysis.index, name, lambda mapped: f"{module_name(mapped)}.{mapped.symbol.facts.qualname}"
        )
        same = wanted["sqlalchemy"].split(".")[:2] == sqlalchemy.__version__.split(".")[:2]
        differences = compare_tables(mine, statements, in_order=same)
        equal = len(statements) - len(differences)
        notes.append(f"- CREATE TABLE, {name}: {equal} of {len(statements)} equal")
        if details:
            notes += [f"  - {table}: {part}" for table, parts in differences.items() for part in parts]
    return notes
