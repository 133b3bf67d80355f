"""A model card as text: the table, then the attributes by what they are to a writer of services."""

from __future__ import annotations

from typing import Any


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
            lines.extend(f"    {attribute_line(name, card['attributes'][name])}" for name in names)
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


def attribute_line(name: str, attribute: dict[str, Any]) -> str:
    """Return one attribute of a card as a line."""
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
