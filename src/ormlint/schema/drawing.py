"""Diagrams as Mermaid and as DOT (Graphviz), and as plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ormlint.schema.diagram import Diagram, Edge, Node, Row

# Mermaid draws how many rows stand at an end, left and right of the line.
_LEFT = {"0..1": "|o", "1": "||", "*": "}o"}
_RIGHT = {"0..1": "o|", "1": "||", "*": "o{"}


def mermaid(diagram: Diagram) -> str:
    """Return a diagram as Mermaid: `erDiagram` of tables, `flowchart` of revisions."""
    lines = _entities(diagram) if diagram.kind == "tables" else _flow(diagram)
    return "\n".join(lines) + "\n"


def dot(diagram: Diagram) -> str:
    """Return a diagram as Graphviz reads it."""
    return "\n".join(_dot(diagram)) + "\n"


def data(diagram: Diagram) -> dict[str, Any]:
    """Return a diagram as plain data: `{kind, nodes: [{name, title, rows, group}], edges: [...]}`."""
    return asdict(diagram)


# -- Mermaid


def _entities(diagram: Diagram) -> Iterator[str]:
    yield "erDiagram"
    for node in diagram.nodes:
        name = _quoted(node.name)
        if not node.rows:
            yield f"    {name}"
            continue
        yield f"    {name} {{"
        for row in node.rows:
            keys = f" {', '.join(row.keys)}" if row.keys else ""
            note = ' "null"' if row.nullable else ""
            yield f"        {_word(row.type or 'unknown')} {_word(row.name)}{keys}{note}"
        yield "    }"
    for edge in diagram.edges:
        line = f"{_LEFT[edge.start]}--{_RIGHT[edge.end]}"
        yield f"    {_quoted(edge.source)} {line} {_quoted(edge.target)} : {_quoted(edge.label)}"


def _flow(diagram: Diagram) -> Iterator[str]:
    yield "flowchart TD"
    numbers = {node.name: f"r{count}" for count, node in enumerate(diagram.nodes)}
    for group, nodes in _groups(diagram):
        indent = "    "
        if group:
            yield f"    subgraph {_quoted(group)}"
            indent = "        "
        for node in nodes:
            text = f"{_shown(node)}<br/>{_escaped(node.title)}" if node.title else _shown(node)
            yield f'{indent}{numbers[node.name]}["{text}"]'
        if group:
            yield "    end"
    for edge in diagram.edges:
        yield f"    {numbers[edge.source]} {'-.->' if edge.is_dotted else '-->'} {numbers[edge.target]}"


def _groups(diagram: Diagram) -> list[tuple[str, list[Node]]]:
    groups: dict[str, list[Node]] = {}
    for node in diagram.nodes:
        groups.setdefault(node.group, []).append(node)
    return list(groups.items())


def _shown(node: Node) -> str:
    return _escaped(node.name.removeprefix(f"{node.group}/") if node.group else node.name)


def _word(text: str) -> str:
    """Return a type or a name as Mermaid takes it: it knows no blanks, commas or quotes there."""
    word = re.sub(r"[^\w()\[\]-]+", "_", text, flags=re.ASCII).strip("_")
    return word if word[:1].isalpha() else f"_{word}"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


# -- DOT


def _dot(diagram: Diagram) -> Iterator[str]:
    yield f"digraph {diagram.kind} {{"
    yield '    node [shape=plain, fontname="sans-serif"];' if diagram.kind == "tables" else "    node [shape=box];"
    for count, (group, nodes) in enumerate(_groups(diagram)):
        if group:
            yield f"    subgraph cluster_{count} {{ label={_string(group)};"
        for node in nodes:
            yield f"    {_string(node.name)} [label={_table(node) if diagram.kind == 'tables' else _label(node)}];"
        if group:
            yield "    }"
    for edge in diagram.edges:
        yield f"    {_string(edge.source)} -> {_string(edge.target)}{_attributes(edge)};"
    yield "}"


def _label(node: Node) -> str:
    name = node.name.removeprefix(f"{node.group}/") if node.group else node.name
    return _string(f"{name}\n{node.title}" if node.title else name)


def _table(node: Node) -> str:
    rows = "".join(f'<tr><td align="left">{_cell(row)}</td></tr>' for row in node.rows)
    head = f'<tr><td bgcolor="lightgrey"><b>{_html(node.name)}</b></td></tr>'
    return f'<<table border="0" cellborder="1" cellspacing="0">{head}{rows}</table>>'


def _cell(row: Row) -> str:
    parts = [row.name, row.type or "?", *row.keys, *(["null"] if row.nullable else [])]
    return _html(" ".join(parts))


def _attributes(edge: Edge) -> str:
    found = {"label": edge.label, "taillabel": edge.start, "headlabel": edge.end}
    items = [f"{key}={_string(value)}" for key, value in found.items() if value]
    if edge.is_dotted:
        items.append("style=dotted")
    return f" [{', '.join(items)}]" if items else ""


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
