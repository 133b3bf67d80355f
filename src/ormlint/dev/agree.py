"""Compare what ormlint says of expressions with what a type checker says: is it an instance of that mapped class?"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ormlint.checker.analysis import Analysis, Statistics, analyse
from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes, walk_statements
from ormlint.project.discovery import project_files
from ormlint.project.environment import find_environment
from ormlint.project.workspace import read_files
from ormlint.semantic.events import Reveal
from ormlint.semantic.model import SemanticModel
from ormlint.settings import Settings
from ormlint.text import SourceText

_OPEN = b"reveal_type("
_TYPE = re.compile(r'^Type of ".*" is "(.*)"$', re.DOTALL)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("project", type=Path, help="a folder of a well-typed project; it is read only")
    parser.add_argument("--pyright", default="pyright", help="the type checker's command")
    parser.add_argument("--python", default="", help="an interpreter that has the project's packages")
    parser.add_argument("--skip", default="", help="a regular expression of paths that are left out")


@dataclass(frozen=True, slots=True)
class Said:
    """One expression, and what ormlint says it is."""

    path: str
    row: int
    expr: str
    ours: str


def run(options: argparse.Namespace) -> int:
    """Print the shares, and every disagreement."""
    root: Path = options.project.resolve()
    settings = Settings()
    paths = [path for path in project_files(root, settings) if not (options.skip and re.search(options.skip, path))]
    files = read_files(root, paths)
    analysis = analyse(files, Statistics(), environment=find_environment(root, settings))
    models = {mapped.name for mapped in analysis.index.mapped.values()}
    marked = {path: _mark(analysis, path) for path in analysis.sources}
    said = list(_ours(marked))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / root.name
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git", "node_modules"), symlinks=True)
        for path, source in marked.items():
            (copy / path).write_bytes(source.data)
        theirs = _theirs(copy, options)
    counts: Counter[str] = Counter()
    differing: list[str] = []
    unseen: Counter[str] = Counter()
    for item, place in said:
        told = _parts(theirs.get(place, "Unknown"))
        if told and told <= models:
            counts["a model by the type checker"] += 1
            if item.ours.startswith("Unknown"):
                unseen[re.sub("`[^`]*`", "`…`", item.ours)] += 1
        wanted = {part for part in item.ours.split(" | ") if part != "None"}
        if not wanted or not wanted <= models:
            continue
        text = theirs.get(place)
        if text is None:
            verdict = "not reached"
        else:
            parts = _parts(text)
            is_silent = bool(parts & {"Unknown", "Any", "Never"}) or not parts
            verdict = "not known" if is_silent else "the same" if parts <= wanted else "other"
        counts[verdict] += 1
        if verdict == "other":
            differing.append(f"{item.path}:{item.row} {item.expr}: {item.ours}, and {text}")
    known = counts["the same"] + counts["other"]
    print("| verdict of the type checker | expressions |\n| --- | --- |")
    print("\n".join(f"| {verdict} | {count} |" for verdict, count in sorted(counts.items())))
    print(f"\nagreement where it knows: {counts['the same'] / known:.2%}" if known else "nothing to compare")
    print("\n".join(differing))
    print(f"\nnot known to ormlint of these: {sum(unseen.values())}")
    print("\n".join(f"{count} {reason}" for reason, count in unseen.most_common(10)))
    return 0


def _parts(text: str) -> set[str]:
    return {re.sub(r"\[.*|\*$", "", part) for part in text.split(" | ")} - {"None"}


def _mark(analysis: Analysis, path: str) -> SourceText:
    """Return a file with every receiver of an attribute inside a function wrapped in `reveal_type`."""
    data = analysis.sources[path].data
    places: set[tuple[int, int]] = set()
    for body in analysis.facts[path].bodies.functions:
        stored = {id(target) for statement in walk_statements(body) for target in _targets(statement)}
        for node in walk_nodes(body):
            if (
                isinstance(node, e.Attribute)
                and id(node) not in stored
                and isinstance(node.value, (e.Name, e.Attribute))
            ):
                if e.dotted_name(node.value) is not None:
                    places.add((node.value.start, node.value.end))
    edits: dict[int, list[bytes]] = defaultdict(list)
    for start, end in sorted(places):
        edits[start].append(_OPEN)
        edits[end].insert(0, b")")
    pieces: list[bytes] = []
    last = 0
    for place in sorted(edits):
        pieces.append(data[last:place])
        pieces.extend(sorted(edits[place], key=lambda item: item != b")"))
        last = place
    return SourceText(b"".join([*pieces, data[last:]]))


def _targets(statement: s.Stmt) -> Iterator[e.Expr]:
    if isinstance(statement, (s.Assign, s.Delete)):
        yield from statement.targets
    elif isinstance(statement, (s.AugAssign, s.For)):
        yield statement.target


def _ours(marked: dict[str, SourceText]) -> Iterator[tuple[Said, tuple[str, int, int]]]:
    """Yield what ormlint reveals in the marked files, with the row and column of the inner expression."""
    analysis = analyse(marked, Statistics())
    model: SemanticModel = analysis.model
    for record in model.all_records():
        source = marked[record.module.path]
        for event in record.events:
            if isinstance(event, Reveal):
                inner = event.node.args[0]
                place = source.lines.location(inner.start)
                text = source.data[inner.start : inner.end].replace(_OPEN, b"").replace(b")", b"").decode()
                yield (
                    Said(record.module.path, place.row, text, event.text),
                    (record.module.path, inner.start, inner.end),
                )


def _theirs(copy: Path, options: argparse.Namespace) -> dict[tuple[str, int, int], str]:
    """Return what the type checker reveals, by file and byte range of the expression."""
    settings = {"include": ["."], "typeCheckingMode": "off", "reportMissingImports": "none"}
    (copy / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [options.pyright, "--outputjson", "--project", str(copy)]
    if options.python:
        command += ["--pythonpath", options.python]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: dict[tuple[str, int, int], str] = {}
    report: dict[str, Any] = json.loads(done.stdout)
    texts: dict[str, list[str]] = {}
    starts: dict[str, list[int]] = {}
    for item in report["generalDiagnostics"]:
        match = _TYPE.match(item["message"])
        if match is None:
            continue
        path = Path(item["file"]).relative_to(copy.resolve()).as_posix()
        if path not in texts:
            texts[path] = (copy / path).read_bytes().decode().split("\n")
            starts[path] = [0]
            for line in texts[path]:
                starts[path].append(starts[path][-1] + len(line.encode()) + 1)
        ends = []
        for edge in ("start", "end"):
            at = item["range"][edge]
            row = at["line"]
            ends.append(
                starts[path][row]
                + len(texts[path][row].encode("utf-16-le")[: 2 * at["character"]].decode("utf-16-le").encode())
            )
        found[path, ends[0], ends[1]] = match[1]
    return found
