"""The `gitlab` format: a code quality report, which GitLab shows in merge requests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.reporters import ReportOptions
from ormlint.reporters.fingerprints import fingerprints
from ormlint.reporters.links import rule_url
from ormlint.reporters.places import in_repository
from ormlint.text import SourceText

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceText], options: ReportOptions, stream: TextIO
) -> None:
    """Write a list of issues. Fingerprints hold no line number: an issue that only moved is the same one."""
    issues = [
        {
            "type": "issue",
            "check_name": item.name,
            "description": f"{item.code}: {item.message}",
            "categories": ["Bug Risk"],
            "severity": _SEVERITIES[item.severity.value],
            "fingerprint": digest,
            "location": {
                "path": in_repository(item.path),
                "lines": {"begin": item.start.row, "end": max(item.start.row, item.end.row)},
            },
            "content": {"body": rule_url(item.name)},
        }
        for item, digest in zip(diagnostics, fingerprints(diagnostics, sources), strict=True)
    ]
    json.dump(issues, stream, indent=2)
    stream.write("\n")
