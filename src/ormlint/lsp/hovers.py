"""What is shown over a name: a rule's document, a model's card, what is known of an attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ormlint.checker.documents import explanation
from ormlint.index.card_text import attribute_line, card_text
from ormlint.index.model import MappedClass
from ormlint.lsp.lookup import Target
from ormlint.lsp.session import Session, State

if TYPE_CHECKING:
    from ormlint.schema.replay.simulated import Step

_STEPS = 6  # of a history that are shown


def markdown(session: Session, state: State, target: Target) -> str | None:
    """Return the text for a target."""
    if target.rule is not None:
        return explanation(target.rule)
    mapped = target.model
    if mapped is None:
        return None
    card = state.card(mapped)
    if target.attribute is None:
        lines = [f"```text\n{card_text(card)}\n```", _migrations(session, state, mapped, None)]
        return "\n\n".join(line for line in lines if line)
    name = target.attribute.name
    attribute = card["attributes"].get(name)
    if attribute is None:
        return None
    lines = [f"```text\n{mapped.name}.{attribute_line(name, attribute)}\n```"]
    if "column" in attribute:
        lines.append(f"Column `{attribute['column']}` of table `{mapped.table or '?'}`.")
        if attribute["server_managed"]:
            lines.append("The database fills it.")
        if said := _migrations(session, state, mapped, attribute["column"]):
            lines.append(said)
    declared = target.attribute.owner
    if declared is not None and declared is not mapped.symbol:
        lines.append(f"Declared by `{declared.name}` in `{declared.module.path}`.")
    return "\n\n".join(lines)


def _migrations(session: Session, state: State, mapped: MappedClass, column: str | None) -> str:
    """Return what Alembic's revisions did to a column, or to the table; empty where they say nothing."""
    done = session.replays(state)
    if not done:
        return ""
    from ormlint.schema.history import column_history, table_history

    found = table_history(done, mapped) if column is None else column_history(done, mapped, column)
    if found is None:
        return ""
    if not found.steps:
        return "No revision makes this column." if found.unknown is None else ""
    shown = found.steps if len(found.steps) <= _STEPS else (found.steps[0], *found.steps[1 - _STEPS :])
    lines = [f"- `{step.revision}`: {step.text} ({_place(state, step)})" for step in shown]
    if len(shown) < len(found.steps):
        lines.insert(1, f"- … {len(found.steps) - len(shown)} more")
    return "\n".join(["Migrations:", "", *lines])


def _place(state: State, step: Step) -> str:
    source = state.source(step.path)
    return f"{step.path}:{source.lines.row(step.range.start)}" if source is not None else step.path
