"""Migrate a real database with a project's own Alembic, and compare it with the static replay."""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ormlint.dev.groundtruth import postgres
from ormlint.dev.groundtruth.compare import Score, compare
from ormlint.dev.groundtruth.projects import PROJECTS, Project
from ormlint.dev.oracle.command import interpreter

DRIVER = Path(__file__).with_name("driver.py")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    known = ", ".join(PROJECTS)
    parser.add_argument("projects", nargs="+", type=Path, metavar="DIR", help=f"folders of projects; known: {known}")
    parser.add_argument("--dir", type=Path, help="keep the environments in this folder, and use what is there")
    parser.add_argument("--dialect", choices=("postgresql", "sqlite"), help="this database only")
    parser.add_argument("--details", action="store_true", help="print all that is wrong, and all reasons")
    parser.add_argument("--migrations", metavar="PATH", help="of a project that is not known: the folder of env.py")
    parser.add_argument(
        "--requirement", action="append", default=[], help="of such a project: what has to be installed"
    )


def run(options: argparse.Namespace) -> int:
    """Print a table in Markdown, then what is wrong or unknown; return 1 where a project could not be run."""
    gc.disable()
    failed = 0
    rows: list[str] = []
    notes: list[str] = []
    total = Score()
    with ExitStack() as stack:
        folder = options.dir.resolve() if options.dir else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server: postgres.Server | None = None
        for root in options.projects:
            chosen = _chosen(root, options)
            failed = failed or int(not chosen)
            for name, project in chosen:
                for dialect in project.dialects if options.dialect is None else (options.dialect,):
                    if server is None and dialect == "postgresql":
                        server = stack.enter_context(postgres.server())
                    try:
                        replayed, answer = measure(root.resolve(), name, project, dialect, folder, server)
                    except (subprocess.CalledProcessError, OSError, ValueError) as error:
                        failed = 1
                        print(f"{name} ({dialect}): {error}", file=sys.stderr)
                        continue
                    score = compare(replayed, answer, project.left_out)
                    rows.append(_row(name, dialect, len(replayed.environment.graph.revisions), score))
                    notes += _notes(name, dialect, score, options.details)
                    _add(total, score)
    print(
        "| project | database | revisions | tables | columns right | unknown | missing | extra | types | nullable ",
        end="",
    )
    print("| defaults | enums | foreign keys | unique | indexes |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    print("\n".join([*rows, _row("all", "", "", total)]))
    print("\n".join(notes))
    return failed


def _chosen(root: Path, options: argparse.Namespace) -> list[tuple[str, Project]]:
    if options.migrations:
        requirements = tuple(options.requirement)
        return [(root.resolve().name, Project(options.migrations, requirements))]
    found = PROJECTS.get(root.resolve().name, ())
    if not found:
        print(f"{root}: not known; say where its revisions are with --migrations", file=sys.stderr)
    many = len(found) > 1
    return [(f"{root.resolve().name}{f' {item.script_location}' if many else ''}", item) for item in found]


def measure(
    root: Path, name: str, project: Project, dialect: str, folder: Path, server: postgres.Server | None
) -> tuple[Any, dict[str, Any]]:
    """Return the static replay of a project's revisions, and what the migrated database says.

    Raises:
        ValueError: its migrations do not run, or there are none.
    """
    replayed, static = static_schema(root, project, dialect)
    prefix = install(project.requirements, folder / root.name)
    if dialect == "postgresql" and server is not None:
        url = server.create("truth")
    else:
        database = folder / f"{root.name}.sqlite"
        database.unlink(missing_ok=True)
        url = f"sqlite:///{database}"
    return replayed, migrate(root, project, url, static, interpreter(prefix))


def migrate(
    root: Path, project: Project, url: str, static: dict[str, dict[str, list[str]]], python: Path
) -> dict[str, Any]:
    """Migrate an empty database, and return its tables, its enum types and how it spells the replayed columns.

    Raises:
        ValueError: the migrations do not run.
    """
    orders = {
        "url": url,
        "paths": [str(root / path) for path in project.paths],
        "script_location": str(root / project.script_location),
        "version_locations": [str(root / path) for path in project.version_locations] or None,
        "setup": project.setup,
        "stand_ins": project.stand_ins,
        "naming_convention": project.naming_convention,
        "batch": project.batch and url.startswith("sqlite"),
        "ini": str(root / project.ini) if project.ini else "",
        "section": project.section,
        "target": f"{project.branch}@head" if project.branch else "heads",
        "own_environment": project.own_environment,
        "static": static,
    }
    failure = "its migrations do not run"
    return run_inside(python, DRIVER, orders, project.environment, root / project.paths[0], failure)


def run_inside(
    python: Path, script: Path, orders: Mapping[str, Any], variables: Mapping[str, str], folder: Path, failure: str
) -> dict[str, Any]:
    """Run a script in a project's own environment, and return its answer; `{url}` in variables is the database's.

    Raises:
        ValueError: it did not end well; the message begins with `failure`.
    """
    given = {key: value.format(url=orders["url"]) for key, value in variables.items()}
    done = subprocess.run(
        [str(python), str(script)],
        input=json.dumps(orders),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **given},
        cwd=folder,
    )
    if done.returncode:
        raise ValueError(f"{failure}\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def install(requirements: Sequence[str], prefix: Path) -> Path:
    """Make an environment with what the migrations need, unless the folder has one that was finished."""
    wanted = ["alembic", "sqlalchemy", "psycopg2-binary", *requirements]
    done = prefix / ".ormlint-installed"
    if not done.exists() or not set(wanted) <= set(done.read_text().split("\n")):
        print(f"installing {' '.join(wanted)}", file=sys.stderr)
        if not prefix.exists():
            venv.create(prefix, with_pip=True)
        command = [str(interpreter(prefix)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, *wanted], check=True)
        done.write_text("\n".join(wanted))
    return prefix


def static_schema(root: Path, project: Project, dialect: str) -> tuple[Any, dict[str, dict[str, list[str]]]]:
    """Return the replay, and for each column its type and its default as DDL."""
    import sqlalchemy as sa

    from ormlint.checker.analysis import analyse
    from ormlint.checker.result import Statistics
    from ormlint.project.discovery import project_files
    from ormlint.project.workspace import read_files
    from ormlint.schema.render import dialect_named
    from ormlint.schema.replay.run import replay
    from ormlint.schema.replay.tables import migrated_tables
    from ormlint.settings import Settings

    settings = Settings(migrations=(project.script_location,))
    files = read_files(root / project.only, project_files(root / project.only, settings))
    index = analyse(files, Statistics(), interpret=False).index
    folders = project.version_locations or (project.script_location,)
    by_itself = [item for item in index.environments() if set(item.locations) == set(project.version_locations)]
    environments = by_itself or index.environments(folders)
    if not environments:
        raise ValueError(f"no revisions below {project.script_location}")
    replayed = replay(index, environments[0], dialect, project.branch or None)
    compiler = dialect_named(dialect)
    ddl = compiler.ddl_compiler(compiler, sa.schema.CreateTable(sa.Table("t", sa.MetaData())))
    static: dict[str, dict[str, list[str]]] = {}
    for name, table in migrated_tables([replayed]).items():
        for column in table.table.columns:
            try:
                kind = compiler.type_compiler_instance.process(column.type)
                text = ddl.get_column_default_string(column)
            except Exception as error:  # a type that the dialect cannot spell
                kind, text = f"?{error}?", None
            static.setdefault(name, {})[column.name] = [str(kind), text or ""]
    return replayed, static


# -- what is printed


def _row(name: str, dialect: str, revisions: int | str, score: Score) -> str:
    def parts(counter: Counter[str]) -> str:
        right = counter["right"] + counter["spelled"]
        wrong = counter["wrong"] + counter["missing"] + counter["extra"]
        spelled = f" ({counter['spelled']} spelled otherwise)" if counter["spelled"] else ""
        return f"{right}{spelled} / {counter['unknown']} / {wrong}"

    real = score.columns["right"] + score.columns["unknown"] + score.columns["missing"]
    share = f"{score.columns['right']} of {real} ({100 * score.columns['right'] / max(real, 1):.2f} %)"
    cells = [name, dialect, revisions, parts(score.tables), share]
    cells += [score.columns[kind] for kind in ("unknown", "missing", "extra")]
    cells += [parts(item) for item in (score.types, score.nullable, score.defaults, score.enums)]
    cells += [parts(item) for item in (score.foreign, score.unique, score.indexes)]
    return f"| {' | '.join(map(str, cells))} |"


def _notes(name: str, dialect: str, score: Score, details: bool) -> list[str]:
    if not details:
        return []
    notes = ["", f"## {name} ({dialect})", ""]
    notes += [f"- {line}" for line in score.wrong]
    notes += [f"- unknown, {count}: {reason}" for reason, count in score.unknown.most_common() if reason]
    return notes


def _add(total: Score, score: Score) -> None:
    for kind in ("tables", "columns", "types", "nullable", "defaults", "enums", "foreign", "unique", "indexes"):
        getattr(total, kind).update(getattr(score, kind))
