"""`ormlint model`: what is known of the mapped classes."""

from __future__ import annotations

import argparse
import difflib
import gc
import json
from typing import Any

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, load, project_overrides
from ormlint.index.card import model_card
from ormlint.project.runner import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="a class; without it all mapped classes are listed")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is shown")
    parser.add_argument("--project", metavar="PATH", help="show what is defined below this folder only")
    add_project_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Print the cards of the models asked for."""
    gc.disable()
    try:
        cards = _cards(options)
    except USER_ERRORS as error:
        return fail(error)
    if options.format == "json":
        print(json.dumps(cards, indent=2, ensure_ascii=False))
    elif options.name:
        print("\n\n".join(card_text(card) for card in cards))
    else:
        for card in cards:
            state = f"  (open: {card['open']})" if card["open"] else ""
            print(f"{card['module']}.{card['class']}  {card['table'] or '?'}  {card['path']}:{card['line']}{state}")
        print(f"{len(cards)} mapped class{'es' if len(cards) != 1 else ''}")
    return 0


def _cards(options: argparse.Namespace) -> list[dict[str, Any]]:
    loaded = load(options, project_overrides(options), [options.project] if options.project else [])
    analysis = analyse(loaded.files, Statistics(), interpret=False, environment=loaded.environment)
    index = analysis.index
    wanted = (mapped for mapped in index.mapped.values() if loaded.wants(mapped.symbol.module.path))
    models = sorted(wanted, key=lambda mapped: (mapped.symbol.module.path, mapped.symbol.facts.start))
    if options.name:
        last = options.name.rpartition(".")[2]
        chosen = [
            mapped
            for mapped in models
            if mapped.name == last and f"{mapped.symbol.module.name}.{mapped.name}".endswith(options.name)
        ]
        if not chosen:
            near = difflib.get_close_matches(last, [mapped.name for mapped in models], n=1, cutoff=0.5)
            hint = f"; did you mean `{near[0]}`?" if near else f"; {len(models)} mapped classes are known"
            raise UsageError(f"no mapped class `{options.name}` in {loaded.project.root}{hint}")
        models = chosen
    return [model_card(index, mapped, analysis.sources) for mapped in models]


def card_text(card: dict[str, Any]) -> str:
    """Return a card for people: the table, then attributes by what they are to a writer of services."""
    lines = [f"{card['module']}.{card['class']}", f"  {card['path']}:{card['line']}, table {card['table'] or '?'}"]
    lines.append(f"  bases: {', '.join(card['bases']) or 'none'}")
    if card["open"]:
        lines.append(f"  open: {card['open']}; nothing is said of attributes that are not listed")
    constructor = card["constructor"]
    if constructor["open"]:
        lines.append(f"  constructor: takes keywords that are not known: {constructor['open']}")
    elif constructor["accepts"] is not None:
        lines.append(f"  constructor: {constructor['kind']}, takes {', '.join(constructor['accepts']) or 'nothing'}")
    for title, names in _groups(card["attributes"]).items():
        if names:
            lines.append(f"  {title}:")
            lines.extend(f"    {_attribute_line(name, card['attributes'][name])}" for name in names)
    return "\n".join(lines)


def _groups(attributes: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {
        "required columns": [],
        "optional columns": [],
        "server-managed columns": [],
        "relationships": [],
        "other attributes": [],
    }
    for name, attribute in attributes.items():
        if attribute["kind"] == "column" and "column" in attribute:
            if attribute["server_managed"]:
                groups["server-managed columns"].append(name)
            elif attribute["nullable"] is False and not attribute["default"] and not attribute["primary_key"]:
                groups["required columns"].append(name)
            else:
                groups["optional columns"].append(name)
        elif attribute["kind"] in ("relationship", "backref"):
            groups["relationships"].append(name)
        else:
            groups["other attributes"].append(name)
    return groups


def _attribute_line(name: str, attribute: dict[str, Any]) -> str:
    parts = [name]
    if "column" in attribute:
        parts.append(attribute["type"] or "?")
        if attribute["column"] != name:
            parts.append(f"as {attribute['column']}")
        parts.append({True: "null", False: "not null", None: "null?"}[attribute["nullable"]])
        if attribute["primary_key"]:
            parts.append("primary key")
        for key in ("default", "server_default", "onupdate", "server_onupdate"):
            if attribute[key]:
                parts.append(f"{key}={attribute[key]}")
        if attribute["foreign_keys"]:
            parts.append(f"-> {', '.join(attribute['foreign_keys'])}")
        if attribute["enum"]:
            parts.append(f"enum({', '.join(attribute['enum'])})")
    elif "target" in attribute:
        many = {True: "many ", False: "one ", None: ""}[attribute["uselist"]]
        parts.append(f"{attribute['kind']} to {many}{attribute['target'] or '?'}")
    else:
        parts.append(attribute["kind"])
        if attribute.get("read_only"):
            parts.append("read only")
    return "  ".join(parts)
