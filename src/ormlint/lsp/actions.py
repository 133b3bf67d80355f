"""Code actions: the fixes of findings, all safe fixes of a file, and comments that silence a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lsprotocol import types as lsp

from ormlint.checker.fixing import safe_edits, with_edits
from ormlint.checker.noqa import with_noqa
from ormlint.diagnostics import Applicability, Diagnostic, Edit
from ormlint.lsp.findings import SOURCE
from ormlint.lsp.positions import Encoding, to_range
from ormlint.lsp.session import State
from ormlint.text import Range, SourceText

FIX_ALL = "source.fixAll.ormlint"
KINDS: tuple[str, ...] = (lsp.CodeActionKind.QuickFix.value, FIX_ALL)


def wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Tell whether the client asks for actions of a kind."""
    return not only or any(kind == item or kind.startswith(f"{item}.") for item in only)


def actions(
    state: State,
    path: str,
    uri: str,
    version: int | None,
    context: lsp.CodeActionContext,
    encoding: Encoding,
) -> list[lsp.CodeAction]:
    """Return the actions for the findings that the client shows where the cursor is."""
    source = state.source(path)
    if source is None:
        return []
    only = [str(getattr(kind, "value", kind)) for kind in context.only or ()]
    offered: list[lsp.CodeAction] = []
    if wanted(lsp.CodeActionKind.QuickFix.value, only):
        for shown in context.diagnostics:
            item = _found(state, path, shown)
            if item is None:
                continue
            fix = with_edits({path: source}, [item])[0].fix if item.is_fixable(unsafe=True) else None
            if fix is not None and fix.edits:
                offered.append(
                    lsp.CodeAction(
                        title=fix.title,
                        kind=lsp.CodeActionKind.QuickFix,
                        diagnostics=[shown],
                        is_preferred=fix.applicability is Applicability.SAFE,
                        edit=_edit(source, uri, version, fix.edits, encoding),
                    )
                )
            silencing = _silencing(source, item)
            if silencing:
                offered.append(
                    lsp.CodeAction(
                        title=f"Suppress {item.code} ({item.name}) here",
                        kind=lsp.CodeActionKind.QuickFix,
                        diagnostics=[shown],
                        edit=_edit(source, uri, version, silencing, encoding),
                    )
                )
    if wanted(FIX_ALL, only):
        edits = safe_edits(source, state.diagnostics.get(path, ()))
        if edits:
            offered.append(
                lsp.CodeAction(
                    title="Apply all safe fixes of ormlint",
                    kind=FIX_ALL,
                    edit=_edit(source, uri, version, edits, encoding),
                )
            )
    return offered


def _found(state: State, path: str, shown: lsp.Diagnostic) -> Diagnostic | None:
    """Return the finding that a diagnostic of the client's was made of, if it is still there.

    What the client shows may be older than its text: above it something was typed since. What is said of it tells it
    then, where it is said once.
    """
    if shown.source != SOURCE or not isinstance(shown.data, dict):
        return None
    same = [item for item in state.diagnostics.get(path, ()) if item.code == shown.code]
    start = shown.data.get("start")
    exact = next((item for item in same if item.range.start == start), None)
    if exact is not None:
        return exact
    alike = [item for item in same if item.message == shown.message]
    return alike[0] if len(alike) == 1 else None


def _silencing(source: SourceText, item: Diagnostic) -> list[Edit]:
    """Return the edit of the one row that takes a comment; none where no row can."""
    if item.code.startswith("ORM0"):
        return []
    text, changed = with_noqa(source, [item])
    if not changed:
        return []
    new = SourceText(text.encode("utf-8"))
    for row in range(1, len(source.lines.starts) + 1):
        before, after = source.lines.line(row), new.lines.line(row)
        if before != after:
            start = source.lines.starts[row - 1]
            return [Edit(Range(start, start + len(before.encode())), after)]
    return []


def _edit(
    source: SourceText, uri: str, version: int | None, edits: Iterable[Edit], encoding: Encoding
) -> lsp.WorkspaceEdit:
    changes: list[lsp.TextEdit | lsp.AnnotatedTextEdit | lsp.SnippetTextEdit] = [
        lsp.TextEdit(to_range(source, edit.range, encoding), edit.content) for edit in edits
    ]
    document = lsp.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    return lsp.WorkspaceEdit(document_changes=[lsp.TextDocumentEdit(document, changes)])
