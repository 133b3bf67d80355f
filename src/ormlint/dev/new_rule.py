"""Start a rule: its `.py` and its `.md`, to be filled in."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from ormlint.checker.registry import load_rules

_MODULE = '''"""Rule {name}. Its documentation and tests: {module}.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.linting import subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Rule

rule = Rule(
    __name__,
    code="{code}",
    summary="{summary}",
    since="{since}",
    severity=Severity.WARNING,
)


@rule.on(subjects.Model)
def {function}(context: Context, subject: subjects.Model) -> None:
    """Ask `subject`, and call `context.report(place, message)` for what is wrong."""
'''

_DOCUMENT = """# {name} ({code})

## What it does

Finds …

## Why is this bad?

What happens when the program runs. The claim is run:

```py run
assert True
```

## Example

```py
x = 1
```

## Use instead

## Known limits

## References

## Tests

### Left alone

```py
x = 1
```
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("code", help="the rule's code, such as ORM205; never one that was used before")
    parser.add_argument("name", help="the rule's name in kebab case; it says what is found, not what to do")
    parser.add_argument("family", help="the folder below rules/, such as attributes")
    parser.add_argument("--summary", default="Something is found", help="one line for rules.md")


def run(options: argparse.Namespace) -> int:
    """Write the two files; nothing that exists is touched."""
    problem = _problem(options)
    if problem:
        print(f"new-rule: {problem}", file=sys.stderr)
        return 2
    module = options.name.replace("-", "_")
    folder: Path = options.root / "src" / "ormlint" / "rules" / options.family
    from ormlint._version import __version__

    values = {
        "name": options.name,
        "module": module,
        "code": options.code,
        "summary": options.summary,
        "since": __version__,
        "function": module,
    }
    for suffix, template in ((".py", _MODULE), (".md", _DOCUMENT)):
        path = folder / f"{module}{suffix}"
        path.write_text(template.format(**values), encoding="utf-8")
        print(f"wrote {path.relative_to(options.root)}")
    print("Now fill in both, add the code to CHANGELOG.md, and run `python -m ormlint.dev generate`.")
    return 0


def _problem(options: argparse.Namespace) -> str | None:
    rules = load_rules()
    if not re.fullmatch(r"ORM\d{3}", options.code):
        return f"`{options.code}` is no code: three letters ORM and three digits"
    if options.code in rules:
        return f"{options.code} is {rules[options.code].name}; codes are never used again"
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", options.name):
        return f"`{options.name}` is no name: words in lower case with hyphens between them"
    if any(rule.name == options.name for rule in rules.values()):
        return f"there is a rule `{options.name}`"
    folder = options.root / "src" / "ormlint" / "rules" / options.family
    if not (folder / "__init__.py").is_file():
        known = sorted(path.parent.name for path in folder.parent.glob("*/__init__.py"))
        return f"there is no family `{options.family}`; there are {', '.join(known)}"
    return None
