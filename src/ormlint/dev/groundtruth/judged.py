"""Models against migrations: what Alembic's `compare_metadata` finds on a migrated database, and what ormlint does."""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ormlint.checker.analysis import Analysis, analyse
from ormlint.checker.result import Statistics
from ormlint.dev.groundtruth import postgres
from ormlint.dev.groundtruth.command import install, migrate, run_inside
from ormlint.dev.groundtruth.projects import PROJECTS, Models, Project
from ormlint.dev.oracle.command import interpreter
from ormlint.index.vocabulary.others import ALEMBIC_VERSION_TABLE
from ormlint.linting.migrations import where
from ormlint.project.discovery import project_files
from ormlint.project.workspace import read_documents, read_files
from ormlint.schema.difference import CoreDifference, SchemaDifference, TableWithoutModel
from ormlint.settings import Settings

JUDGE = Path(__file__).with_name("judge.py")

# What Alembic calls a difference, and what ormlint does. Types and foreign keys are told apart by their parts.
_KINDS = {
    "add_table": "table",
    "remove_table": "extra-table",
    "add_column": "column",
    "remove_column": "extra-column",
    "modify_nullable": "nullable",
    "modify_type": "type",
    "add_unique": "unique-missing",
    "remove_unique": "unique-extra",
    "add_index": "index-missing",
    "remove_index": "index-extra",
    "labels": "enum-labels",
    "modify_nullable_of_key": "nullable-key",
    "add_unique_of_key": "unique-key",
}
# What rules report unless an option asks for more; the others are counted apart.
REPORTED = (
    *("table", "column", "required-column", "nullable", "default-missing", "default-other", "type", "narrow"),
    *("enum-labels", "unique-missing", "unique-extra", "foreign-key-missing", "foreign-key-extra"),
    "foreign-key-other",
)


@dataclass(frozen=True, order=True, slots=True)
class Found:
    """One difference, by one of the two; `where` tells where ormlint shows it."""

    kind: str
    table: str
    columns: tuple[str, ...]
    ours: str = field(default="", compare=False)
    theirs: str = field(default="", compare=False)
    where: str = field(default="", compare=False)

    def __str__(self) -> str:
        name = f"{self.table}({', '.join(self.columns)})" if self.columns else self.table
        sides = f": model {self.ours!r}, database {self.theirs!r}" if self.ours or self.theirs else ""
        return f"{self.kind} {name}{sides}{f'  [{self.where}]' if self.where else ''}"


@dataclass
class Judgement:
    """Both lists, and what of them is the same."""

    real: list[Found]
    own: list[Found]

    def __post_init__(self) -> None:
        """Match them. Unique constraints and foreign keys are the same whatever the order of their columns."""
        real, own = {_key(item) for item in self.real}, {_key(item) for item in self.own}
        self.confirmed = [item for item in self.own if _key(item) in real]
        self.unconfirmed = [item for item in self.own if _key(item) not in real]
        self.missed = [item for item in self.real if _key(item) not in own]


def _key(item: Found) -> tuple[str, str, tuple[str, ...]]:
    columns = tuple(sorted(item.columns)) if item.kind.startswith("unique") else item.columns
    return item.kind, item.table.lower(), tuple(name[:63].lower() for name in columns)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    known = ", ".join(name for name, found in PROJECTS.items() if any(item.models for item in found))
    parser.add_argument("projects", nargs="+", type=Path, metavar="DIR", help=f"folders of projects; known: {known}")
    parser.add_argument("--dir", type=Path, help="keep the environments in this folder, and use what is there")
    parser.add_argument("--details", action="store_true", help="print what only one of the two finds")
    parser.add_argument("--all", action="store_true", help="print all differences")


def run(options: argparse.Namespace) -> int:
    """Print a table in Markdown, by project and by kind; return 1 where a project could not be run."""
    gc.disable()
    failed = 0
    done: list[tuple[str, Judgement]] = []
    with ExitStack() as stack:
        folder = options.dir.resolve() if options.dir else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgres.server())
        for root in options.projects:
            name = root.resolve().name
            chosen = [item for item in PROJECTS.get(name, ()) if item.models and "postgresql" in item.dialects]
            if not chosen:
                failed = 1
                print(f"{root}: it is not known how its models are imported", file=sys.stderr)
            for project in chosen:
                try:
                    done.append((name, judged(root.resolve(), project, folder, server)))
                except (subprocess.CalledProcessError, OSError, ValueError) as error:
                    failed = 1
                    print(f"{name}: {error}", file=sys.stderr)
    print("\n".join(_tables(done, options.details, options.all)))
    return failed


def judged(root: Path, project: Project, folder: Path, server: postgres.Server) -> Judgement:
    """Migrate a database, and compare what Alembic and ormlint find.

    Raises:
        ValueError: its migrations do not run, or its models cannot be imported.
    """
    assert project.models is not None
    models = project.models
    url = server.create("drift")
    migrate(root, project, url, {}, interpreter(install(project.requirements, folder / root.name)))
    prefix = folder / root.name
    if models.is_apart:
        prefix = install(models.requirements, folder / f"{root.name}-models")
    elif models.requirements:
        prefix = install((*project.requirements, *models.requirements), prefix)
    answer = _compare_metadata(root, project, models, url, interpreter(prefix))
    left_out = project.left_out or ("\0",)
    real = [item for item in theirs(answer["differences"]) if not item.table.startswith(left_out)]
    real = [item for item in real if not item.table.endswith(ALEMBIC_VERSION_TABLE)]
    return Judgement(sorted(real), sorted(ours(root, project)))


def _compare_metadata(root: Path, project: Project, models: Models, url: str, python: Path) -> dict[str, Any]:
    orders = {
        "url": url,
        "paths": [str(root / path) for path in project.paths],
        "stand_ins": models.stand_ins,
        "setup": models.setup,
        "modules": models.modules,
        "metadata": models.metadata,
        "env": str(root / project.script_location / "env.py"),
    }
    variables = {**project.environment, **models.environment}
    failure = "its models could not be compared"
    return run_inside(python, JUDGE, orders, variables, root / project.paths[0], failure)


# -- both sides in the same words


def theirs(differences: Iterable[dict[str, Any]]) -> Iterator[Found]:
    """Yield what Alembic found in ormlint's words."""
    keys: dict[tuple[str, tuple[str, ...]], dict[str, dict[str, Any]]] = {}
    differences = list(differences)
    dropped = {item["table"] for item in differences if item["kind"] == "remove_table"}
    differences = [item for item in differences if item["table"] not in dropped or item["kind"] == "remove_table"]
    renamed = _on_both_sides(differences)
    gone = {(item["table"], item["columns"][0]) for item in differences if item["kind"] == "remove_column"}
    for item in differences:
        kind, table, columns = item["kind"], item["table"], tuple(item["columns"])
        if kind in ("add_fk", "remove_fk"):
            keys.setdefault((table, columns), {})[kind] = item
        elif kind == "modify_default":
            named = "default-other" if item["ours"] and item["theirs"] else "default-missing"
            if _plain(item["ours"]) == _plain(item["theirs"]):
                named = "default-spelling"  # a function that gives another value each time: Alembic compares results
            yield Found(named if item["ours"] else "default-extra", table, columns, item["ours"], item["theirs"])
        elif kind == "remove_column" and item["theirs"]:
            yield Found("required-column", table, columns)
        elif kind == "modify_type":
            yield Found(_kind_of_type(item), table, columns, item["ours"], item["theirs"])
        elif kind in ("add_unique", "remove_unique") and (table, frozenset(columns)) in renamed:
            if kind == "add_unique":  # another name, or an index instead of a constraint
                yield Found("unique-name", table, columns)
        elif kind in _KINDS:
            yield Found(_KINDS[kind], table, columns, item["ours"], item["theirs"])
    for (table, columns), found in keys.items():
        added, removed = found.get("add_fk"), found.get("remove_fk")
        if added and removed:
            yield Found("foreign-key-other", table, columns, _key_text(added), _key_text(removed))
        elif added:
            yield Found("foreign-key-missing", table, columns, _key_text(added))
        elif removed and not gone.issuperset((table, column) for column in columns):
            yield Found("foreign-key-extra", table, columns, "", _key_text(removed))


def _on_both_sides(differences: Iterable[dict[str, Any]]) -> set[tuple[str, frozenset[str]]]:
    """Return the columns that Alembic would take the uniqueness from and give it to."""
    added, removed = (
        {(item["table"], frozenset(item["columns"])) for item in differences if item["kind"] == kind}
        for kind in ("add_unique", "remove_unique")
    )
    return added & removed


def _plain(default: str) -> str:
    text = default.lower()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return text


def _key_text(item: dict[str, Any]) -> str:
    return f"{item['ours']} {item['theirs']}".strip()


def _kind_of_type(item: dict[str, Any]) -> str:
    """Return "type", "narrow", or "width" for what no rule reports: other sizes of one family."""
    from ormlint.schema.families import differ, family_from_text, is_narrower
    from ormlint.schema.render import dialect_named

    dialect = dialect_named("postgresql")
    if any(item["enums"]):
        return "type" if not all(item["enums"]) or item["ours"] != item["theirs"] else "width"
    families = [family_from_text(item[side], dialect) for side in ("ours", "theirs")]
    model, database = families
    if model is None or database is None or differ(model, database):
        return "type"
    return "narrow" if is_narrower(model, database) else "width"


def ours(root: Path, project: Project) -> Iterator[Found]:
    """Yield what ormlint finds, in its own words."""
    from ormlint.schema.drift import compare, replays

    settings = Settings()
    files = read_files(root / project.only, project_files(root / project.only, settings))
    documents = read_documents(root / project.only, files)
    analysis = analyse(files, Statistics(), interpret=False, documents=documents)
    index, wanted = analysis.index, project.script_location
    done = [
        item for item in replays(index, (), ("postgresql",)) if item.environment.folder.strip("/") in (wanted, "", ".")
    ]
    if not done:
        raise ValueError(f"no revisions below {wanted}")
    for item in compare(index, done, grouped=False):
        if isinstance(item, TableWithoutModel):
            yield Found("extra-table", item.table, (), where=item.step.path)
            continue
        if isinstance(item, CoreDifference):
            row = analysis.sources[item.module.path].lines.row(item.range.start)
            columns = (item.column,) if item.column else ()
            yield Found("column" if item.column else "table", item.table, columns, where=f"{item.module.path}:{row}")
            continue
        yield Found(_own_kind(item), item.table, _columns(item), item.ours, item.theirs, _place(analysis, item))


def _own_kind(item: SchemaDifference) -> str:
    column = item.column
    if item.kind == "extra-column" and column is not None and column.nullable is False and column.default is None:
        return "required-column"
    return item.kind


def _columns(item: SchemaDifference) -> tuple[str, ...]:
    if item.columns or item.kind == "table":
        return item.columns
    if item.attribute is not None and item.attribute.column is not None:
        return (item.attribute.column.name,)
    return (item.theirs,)


def _place(analysis: Analysis, item: SchemaDifference) -> str:
    module, found = where(item)
    return f"{module.path}:{analysis.sources[module.path].lines.row(found.start)}"


# -- what is printed


def _tables(done: list[tuple[str, Judgement]], details: bool, everything: bool) -> Iterator[str]:
    yield "| project | real | of kinds that are reported | found | ours, reported | confirmed | only ours |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    whole = Judgement([], [])
    for name, item in [*done, ("all", whole)]:
        if item is not whole:
            for part in ("real", "own", "confirmed", "unconfirmed", "missed"):
                getattr(whole, part).extend(getattr(item, part))
        cells = [len(item.real), _count(item.real), _count(item.real) - _count(item.missed)]
        cells += [_count(item.own), _count(item.confirmed), _count(item.unconfirmed)]
        yield f"| {name} | {' | '.join(map(str, cells))} |"
    yield ""
    yield "| kind | reported | real | ours | confirmed | only ours | missed |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    counts = [Counter(one.kind for one in part) for part in (whole.real, whole.own, whole.confirmed)]
    counts += [Counter(one.kind for one in part) for part in (whole.unconfirmed, whole.missed)]
    for kind in sorted({kind for count in counts for kind in count}, key=lambda kind: (kind not in REPORTED, kind)):
        cells = [count[kind] for count in counts]
        yield f"| {kind} | {'yes' if kind in REPORTED else 'no'} | {' | '.join(map(str, cells))} |"
    for name, item in done if details or everything else ():
        yield from ("", f"## {name}", "")
        yield from (f"- only ours: {one}" for one in item.unconfirmed)
        yield from (f"- missed: {one}" for one in item.missed)
        if everything:
            yield from (f"- both: {one}" for one in item.confirmed)


def _count(items: list[Found]) -> int:
    return sum(item.kind in REPORTED for item in items)
