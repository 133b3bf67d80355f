"""What is shown over a name: a rule's document, a model's card, what is known of an attribute."""

from __future__ import annotations

from ormlint.checker.documents import explanation
from ormlint.index.card_text import attribute_line, card_text
from ormlint.lsp.lookup import Target
from ormlint.lsp.session import State


def markdown(state: State, target: Target) -> str | None:
    """Return the text for a target."""
    if target.rule is not None:
        return explanation(target.rule)
    mapped = target.model
    if mapped is None:
        return None
    card = state.card(mapped)
    if target.attribute is None:
        return f"```text\n{card_text(card)}\n```"
    name = target.attribute.name
    attribute = card["attributes"].get(name)
    if attribute is None:
        return None
    lines = [f"```text\n{mapped.name}.{attribute_line(name, attribute)}\n```"]
    if "column" in attribute:
        lines.append(f"Column `{attribute['column']}` of table `{mapped.table or '?'}`.")
        if attribute["server_managed"]:
            lines.append("The database fills it.")
    declared = target.attribute.owner
    if declared is not None and declared is not mapped.symbol:
        lines.append(f"Declared by `{declared.name}` in `{declared.module.path}`.")
    return "\n\n".join(lines)
