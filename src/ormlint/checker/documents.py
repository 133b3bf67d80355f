"""The rules' documents as people read them: without their tests, assertions and claims that are run."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

from ormlint.linting.rule import Rule


def explanation(rule: Rule) -> str:
    """Return a rule's document in Markdown, up to its tests."""
    path = Path(inspect.getfile(importlib.import_module(rule.module))).with_suffix(".md")
    text = path.read_text(encoding="utf-8").partition("\n## Tests\n")[0]
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        if line.startswith("```"):
            fence = "" if fence else line[3:].strip() or "text"
            if line.strip() == "```py run":
                line = "```py"
        elif fence:
            line = line.partition("  # error")[0].rstrip()
        if not line.startswith("<!--"):
            lines.append(line)
    return "\n".join(lines).rstrip()


def section(text: str, title: str) -> str:
    """Return the body of a `##` section of an explanation, or an empty string."""
    _, found, rest = text.partition(f"\n## {title}\n")
    return rest.partition("\n## ")[0].strip() if found else ""
