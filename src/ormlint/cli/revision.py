"""`ormlint revision`: an Alembic revision for the drift between models and migrations, without a database."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, load, project_overrides
from ormlint.index.environments import find_environments
from ormlint.index.errors import MigrationPathError

if TYPE_CHECKING:
    from ormlint.index.environments import Environment
    from ormlint.index.project import ProjectIndex
    from ormlint.schema.replay.run import Replay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("-m", "--message", required=True, help="what the revision is for; its file is named after it")
    parser.add_argument("--dry-run", action="store_true", help="print the file instead of writing it")
    parser.add_argument("--drop", action="store_true", help="drop tables, columns and constraints that no model has")
    parser.add_argument("--head", metavar="REVISION", help="build on this head, where there are several")
    parser.add_argument("--rev-id", metavar="ID", help="the id of the revision; made of its content without it")
    parser.add_argument(
        "-n", "--name", metavar="SECTION", help="of the configuration, or the folder: which environment"
    )
    parser.add_argument("--dialect", choices=("postgresql", "mysql", "sqlite"), help="for this database")
    parser.add_argument("--batch", action="store_true", help="write batch operations; always so for SQLite")
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Write the file, or print it; 0 also when there is nothing to do."""
    gc.disable()
    try:
        import alembic  # noqa: F401
    except ImportError:
        return fail(ValueError("`revision` needs Alembic: pip install 'ormlint[alembic]'"))
    try:
        loaded = load(options, project_overrides(options), [])
    except USER_ERRORS as error:
        return fail(error)
    from ormlint.schema.drafting.draft import draft_revision
    from ormlint.schema.drafting.script import TemplateError, render_script
    from ormlint.schema.render import DIALECTS

    settings = loaded.project.settings
    configured = [name for name in settings.dialects if name in DIALECTS]
    dialect = options.dialect or (configured[0] if configured else "")
    analysis = analyse(
        loaded.files, Statistics(), interpret=False, environment=loaded.environment, documents=loaded.documents
    )
    try:
        replay = _chosen(_replays(analysis.index, settings.migrations, (dialect,) if dialect else ()), options.name)
        parent = _head(replay.environment, options.head)
        batch = options.batch or replay.dialect == "sqlite"
        folders = settings.migrations if replay.environment.graph.revisions else ()
        draft = draft_revision(analysis.index, replay, folders, batch=batch, drop=options.drop)
        for note in draft.notes:
            print(f"ormlint: {note}", file=sys.stderr)
        if draft.is_empty:
            print("Nothing to do: the revisions make what the models declare, as far as is known.", file=sys.stderr)
            return 0
        root = loaded.project.root
        script = render_script(root, replay.environment, draft, options.message, parent, options.rev_id)
    except (*USER_ERRORS, TemplateError, _Refused) as error:
        return fail(error)
    if options.dry_run:
        print(script.text, end="")
        return 0
    return _write(root / script.path, script.path, script.text)


def _replays(index: ProjectIndex, folders: tuple[str, ...], dialects: tuple[str, ...]) -> list[Replay]:
    """Return the replays of a project; without any revision, of the environments that wait for their first one."""
    from ormlint.schema.drift import replays, replays_of

    try:
        done = replays(index, folders, dialects)
    except MigrationPathError:
        done = []
    return done or replays_of(index, find_environments(index, index.documents, folders, empty=True), dialects)


class _Refused(ValueError):
    """What is asked for cannot be done, and why."""


def _chosen(found: list[Replay], name: str | None) -> Replay:
    if name is not None:
        found = [item for item in found if name in (item.environment.name, item.environment.folder)]
    if not found:
        wanted = f" called `{name}`" if name is not None else ""
        raise _Refused(f"there are no revisions{wanted}; say where they are with --migrations")
    if len(found) > 1:
        names = ", ".join(item.environment.name for item in found)
        raise _Refused(f"there are several environments ({names}): choose one with --name")
    problems = found[0].environment.graph.problems
    if problems:
        first = problems[0]
        raise _Refused(
            f"{first.module.path}: the chain of revisions is broken at `{first.name}` (ORM910): mend it first"
        )
    return found[0]


def _head(environment: Environment, wanted: str | None) -> str | None:
    heads = [revision.id for revision in environment.graph.heads]
    if wanted is not None:
        matching = [head for head in heads if head.startswith(wanted)]
        if len(matching) != 1:
            raise _Refused(f"`{wanted}` is no head of {environment.name}; its heads are {', '.join(heads)}")
        return matching[0]
    if len(heads) > 1:
        raise _Refused(
            f"the revisions of {environment.name} have several heads ({', '.join(heads)}): "
            "join them with `alembic merge heads`, or choose one with --head"
        )
    return heads[0] if heads else None


def _write(path: Path, shown: str, text: str) -> int:
    """Write a new file; one that is there already is never touched."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)  # git keeps no empty `versions`
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return fail(_Refused(f"{shown} is there already; it is left as it is"))
    except OSError as error:
        return fail(_Refused(f"{shown} cannot be written: {error.strerror}"))
    print(shown)
    return 0
