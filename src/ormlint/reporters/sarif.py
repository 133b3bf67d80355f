"""The `sarif` format: SARIF 2.1.0 as GitHub's code scanning and Microsoft's validator want it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TextIO
from urllib.parse import quote

from ormlint._version import __version__
from ormlint.checker.documents import explanation, section
from ormlint.checker.registry import load_rules
from ormlint.diagnostics import Diagnostic, Fix
from ormlint.linting.rule import Rule, Status
from ormlint.reporters import ReportOptions
from ormlint.reporters.fingerprints import fingerprints, line_hashes
from ormlint.reporters.links import SITE, rule_url
from ormlint.reporters.places import in_repository
from ormlint.text import Location, SourceText

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation"}
_LONGEST = 1000  # GitHub cuts a description at 1,024 characters


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write one run with the rules that found something, and a result a finding."""
    rules = load_rules()
    codes = sorted({item.code for item in diagnostics})
    hashes = {path: line_hashes(sources[path].text) for path in {item.path for item in diagnostics} & sources.keys()}
    run = {
        "tool": {
            "driver": {
                "name": "ormlint",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": SITE,
                "rules": [_rule(rules[code]) for code in codes if code in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": "ormlint/"},
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "The top of the checkout."}}},
        "results": [
            _result(item, sources, codes.index(item.code), hashes.get(item.path, {}), digest)
            for item, digest in zip(diagnostics, fingerprints(diagnostics, sources), strict=True)
        ],
    }
    json.dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, stream, indent=2)
    stream.write("\n")


def _rule(rule: Rule) -> dict[str, Any]:
    text = explanation(rule)
    why = " ".join(section(text, "What it does").split()) or f"{rule.summary}."
    return {
        "id": rule.code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.summary}."},
        "fullDescription": {"text": why if len(why) <= _LONGEST else f"{why[: _LONGEST - 1]}…"},
        "help": {"text": text, "markdown": text},
        "helpUri": rule_url(rule.name),
        "defaultConfiguration": {"level": _LEVELS[rule.severity.value]},
        "properties": {
            "tags": ["sqlalchemy", rule.family],
            "precision": "very-high" if rule.status is not Status.PREVIEW else "high",
            "problem.severity": _PROBLEMS[rule.severity.value],
        },
    }


def _result(
    item: Diagnostic, sources: Mapping[str, SourceText], index: int, hashes: Mapping[int, str], digest: str
) -> dict[str, Any]:
    message = _link_text(_sentence(item.message))
    for number, place in enumerate(item.related, 1):
        message += f" [{_link_text(place.message)}]({number})."
    prints = {"ormlint/v1": digest}
    if item.start.row in hashes:
        prints["primaryLocationLineHash"] = hashes[item.start.row]
    found: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": index,
        "level": _LEVELS[item.severity.value],
        "message": {"text": message},
        "locations": [_location(item.path, item.start, item.end)],
        "partialFingerprints": prints,
    }
    if item.related:
        found["relatedLocations"] = [
            {
                "id": number,
                **_location(place.path, place.start, place.end),
                "message": {"text": _sentence(place.message)},
            }
            for number, place in enumerate(item.related, 1)
        ]
    source = sources.get(item.path)
    if item.fix is not None and item.fix.edits and source is not None:
        found["fixes"] = [_fix(item.fix, item.path, source)]
    return found


def _link_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _location(path: str, start: Location, end: Location) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(path), "region": _region(start, end)}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(in_repository(path)), "uriBaseId": "SRCROOT"}


def _region(start: Location, end: Location) -> dict[str, int]:
    return {"startLine": start.row, "startColumn": start.column, "endLine": end.row, "endColumn": end.column}


def _fix(fix: Fix, path: str, source: SourceText) -> dict[str, Any]:
    lines = source.lines
    replacements = [
        {
            "deletedRegion": _region(lines.location(edit.range.start), lines.location(edit.range.end)),
            "insertedContent": {"text": edit.content},
        }
        for edit in fix.edits or ()
    ]
    change = {"artifactLocation": _artifact(path), "replacements": replacements}
    return {"description": {"text": _sentence(fix.title)}, "artifactChanges": [change]}
