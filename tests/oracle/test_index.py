"""The index against SQLAlchemy itself: each form is indexed, and imported in a subprocess, and both must agree."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.index.card import model_card
from ormlint.linting import subjects
from ormlint.linting.constructors import accepts_keyword
from ormlint.text import decode_source

FORMS = sorted((Path(__file__).parent / "forms").glob("*.py"))


@lru_cache(maxsize=1)
def runtime() -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).parent / "dump.py"), *map(str, FORMS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("form", FORMS, ids=lambda path: path.stem)
def test_form(form: Path) -> None:
    wanted = runtime()[form.stem]
    if "skipped" in wanted:
        pytest.skip(wanted["skipped"])
    source = decode_source(form.read_bytes())
    analysis = analyse({form.name: source}, Statistics(), interpret=False)
    index = analysis.index
    mapped = {item.name: item for item in index.mapped.values()}
    problems = [f"{name}: not found" for name in wanted.keys() - mapped.keys()]
    problems += [f"{name}: not mapped" for name in mapped.keys() - wanted.keys()]
    for name in wanted.keys() & mapped.keys():
        card = model_card(index, mapped[name], analysis.sources)
        problems += compare(name, card, wanted[name])
        if mapped[name].open_reason is None:
            problems += constructor(name, mapped[name], index, wanted[name]["accepts"])
    assert not problems, "\n".join(problems)


def compare(name: str, card: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    problems: list[str] = []
    if card["table"] != wanted["table"] and card["table"] is not None:
        problems.append(f"{name}: table {card['table']}, really {wanted['table']}")
    for key, real in wanted["attributes"].items():
        found = card["attributes"].get(key)
        if found is None:
            if card["open"] is None:
                problems.append(f"{name}.{key}: missing ({real['kind']})")
            continue
        kind = "relationship" if found["kind"] == "backref" else found["kind"]
        if kind not in (real["kind"], "unknown"):
            problems.append(f"{name}.{key}: {kind}, really {real['kind']}")
        elif kind == "column":
            problems += column(f"{name}.{key}", found, real)
        elif kind == "relationship":
            for what in ("target", "uselist"):
                if found[what] not in (None, real[what]):
                    problems.append(f"{name}.{key}: {what} {found[what]}, really {real[what]}")
    mapped_kinds = (
        "column",
        "relationship",
        "backref",
        "synonym",
        "composite",
        "association_proxy",
        "column_property",
        "hybrid",
    )
    for key, found in card["attributes"].items():
        if found["kind"] in mapped_kinds and key not in wanted["attributes"]:
            problems.append(f"{name}.{key}: {found['kind']}, really not mapped")
    return problems


def column(where: str, found: dict[str, Any], real: dict[str, Any]) -> list[str]:
    problems: list[str] = []
    for what in ("column", "primary_key", "foreign_keys"):
        if sorted(found[what]) != sorted(real[what]) if what == "foreign_keys" else found[what] != real[what]:
            problems.append(f"{where}: {what} {found[what]!r}, really {real[what]!r}")
    if found["nullable"] not in (None, real["nullable"]):
        problems.append(f"{where}: nullable {found['nullable']}, really {real['nullable']}")
    for what in ("default", "server_default", "onupdate"):
        if (found[what] is not None) != real[what]:
            problems.append(f"{where}: {what} {found[what]!r}, really {real[what]}")
    if found["enum"] is not None and found["enum"] != real["enum"]:
        problems.append(f"{where}: labels {found['enum']}, really {real['enum']}")
    return problems


def constructor(name: str, mapped: Any, index: Any, accepted: dict[str, bool | None]) -> list[str]:
    if mapped.constructor.open_reason is not None or mapped.constructor.kind == "sqlmodel":
        return []
    problems: list[str] = []
    for keyword, real in accepted.items():
        if real is None:
            continue
        found = accepts_keyword(index, mapped, keyword)
        if found != real:
            problems.append(
                f"{name}({keyword}=…): {'accepted' if found else 'refused'}, really {'accepted' if real else 'refused'}"
            )
    return problems


def test_subjects_are_those_of_the_index() -> None:
    """A model is asked about once."""
    assert subjects.Model.__dataclass_fields__.keys() == {"mapped", "is_mapped"}
