"""Diagnostics in the protocol's shape."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types as lsp

from ormlint.diagnostics import Diagnostic
from ormlint.lsp.positions import Encoding, to_range
from ormlint.lsp.session import State
from ormlint.reporters.links import rule_url

SOURCE = "ormlint"
_SEVERITIES = {
    "error": lsp.DiagnosticSeverity.Error,
    "warning": lsp.DiagnosticSeverity.Warning,
    "info": lsp.DiagnosticSeverity.Information,
}
_UNNECESSARY = frozenset({"ORM003", "ORM004"})  # a comment that does nothing is shown faded

Uri = Callable[[str], str]  # a path of the project → its URI


def diagnostics(state: State, path: str, uri: Uri, encoding: Encoding) -> list[lsp.Diagnostic]:
    """Return what was found in a file."""
    source = state.source(path)
    found = state.diagnostics.get(path, [])
    if source is None:
        nowhere = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        return [_diagnostic(item, nowhere, []) for item in found]
    return [
        _diagnostic(item, to_range(source, item.range, encoding), _related(item, state, uri, encoding))
        for item in found
    ]


def _diagnostic(item: Diagnostic, where: lsp.Range, related: list[lsp.DiagnosticRelatedInformation]) -> lsp.Diagnostic:
    return lsp.Diagnostic(
        range=where,
        message=item.message,
        severity=_SEVERITIES[item.severity.value],
        source=SOURCE,
        code=item.code,
        code_description=lsp.CodeDescription(href=rule_url(item.name)),
        tags=[lsp.DiagnosticTag.Unnecessary] if item.code in _UNNECESSARY else None,
        related_information=related or None,
        data={"name": item.name, "start": item.range.start},
    )


def _related(item: Diagnostic, state: State, uri: Uri, encoding: Encoding) -> list[lsp.DiagnosticRelatedInformation]:
    places: list[lsp.DiagnosticRelatedInformation] = []
    for place in item.related:
        source = state.source(place.path)
        if source is not None:
            location = lsp.Location(uri(place.path), to_range(source, place.range, encoding))
            places.append(lsp.DiagnosticRelatedInformation(location, place.message))
    return places
