"""The server as each editor talks to it: units of position, push or pull, fixes, hover, completion, definition."""

from __future__ import annotations

import pytest
from conftest import MODELS, SERVICE, Editor
from lsprotocol import types as lsp

pytestmark = pytest.mark.asyncio

# The emoji before the keyword counts as four bytes, two UTF-16 units or one code point.
EXTRA = {"utf-8": 3, "utf-16": 1, "utf-32": 0}


def place(text: str, needle: str, extra: int = 0) -> lsp.Position:
    row, line = next((row, line) for row, line in enumerate(text.splitlines()) if needle in line)
    return lsp.Position(row, line.index(needle) + extra)


async def test_findings_stand_where_the_client_counts(editor: Editor) -> None:
    editor.open("service.py")
    (item,) = await editor.found("service.py", 1)
    extra = EXTRA[str(editor.result.capabilities.position_encoding)]
    start = place(SERVICE, "titel", extra)
    assert item.range == lsp.Range(start, lsp.Position(start.line, start.character + 5))
    assert (item.code, item.source, item.severity) == ("ORM201", "ormlint", lsp.DiagnosticSeverity.Error)
    assert item.code_description and item.code_description.href.endswith("unknown-constructor-keyword")
    (related,) = item.related_information or ()
    assert related.location.uri == editor.uri("models.py") and related.location.range.start.line == 6


async def test_push_or_pull_never_both(editor: Editor) -> None:
    editor.open("service.py")
    await editor.found("service.py", 1)
    if editor.result.capabilities.diagnostic_provider:
        assert not editor.diagnostics
    else:
        assert editor.uri("service.py") in editor.diagnostics


async def test_an_unsaved_model_changes_the_findings_of_a_service(editor: Editor) -> None:
    editor.open("service.py")
    editor.open("models.py")
    assert len(await editor.found("service.py", 1)) == 1
    editor.change("models.py", 2, MODELS + "    titel = Column(Integer)\n")
    assert await editor.found("service.py", 0) == []
    editor.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(editor.uri("models.py"))))
    assert len(await editor.found("service.py", 1)) == 1


async def test_edits_behind_a_form_feed_land_where_they_should(editor: Editor) -> None:
    text = SERVICE.replace("def make", "\x0c\n\u2028 = 1\ndef make".replace("\u2028 = 1", "x = '\u2028'"))
    editor.open("service.py", text)
    assert len(await editor.found("service.py", 1)) == 1
    lines = text.split("\n")
    row = next(number for number, line in enumerate(lines) if "titel" in line)
    extra = EXTRA[str(editor.result.capabilities.position_encoding)]
    column = lines[row].index("titel") + extra
    editor.change("service.py", 2, "title", lsp.Range(lsp.Position(row, column), lsp.Position(row, column + 5)))
    assert await editor.found("service.py", 0) == []


async def test_a_half_typed_file_keeps_its_other_findings(editor: Editor) -> None:
    editor.open("service.py")
    await editor.found("service.py", 1)
    editor.change("service.py", 2, SERVICE + "\n\ndef other(session):\n    session.query(\n")
    codes = [item.code for item in await editor.found("service.py", 2)]
    assert codes == ["ORM201", "ORM001"]


async def test_a_pull_says_unchanged(editor: Editor) -> None:
    if not editor.result.capabilities.diagnostic_provider:
        pytest.skip("this editor is pushed to")
    editor.open("service.py")
    document = lsp.TextDocumentIdentifier(editor.uri("service.py"))
    first = await editor.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(document))
    again = await editor.text_document_diagnostic_async(
        lsp.DocumentDiagnosticParams(document, previous_result_id=first.result_id)
    )
    assert again.kind == "unchanged"
    editor.change("service.py", 2, SERVICE.replace("titel", "id"))
    last = await editor.text_document_diagnostic_async(
        lsp.DocumentDiagnosticParams(document, previous_result_id=first.result_id)
    )
    assert last.kind == "full" and not last.items


async def test_suppress_here(editor: Editor) -> None:
    editor.open("service.py")
    found = await editor.found("service.py", 1)
    offered = await editor.text_document_code_action_async(
        lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(editor.uri("service.py")),
            found[0].range,
            lsp.CodeActionContext(found, only=[lsp.CodeActionKind.QuickFix]),
        )
    )
    (action,) = [item for item in offered or () if item.title.startswith("Suppress ORM201")]
    (change,) = action.edit.document_changes
    assert change.text_document.version == 1
    (edit,) = change.edits
    assert edit.new_text.endswith('Video(titel="x", id=1)  # noqa: ORM201')
    assert edit.range.start == lsp.Position(4, 0)


async def test_hover(editor: Editor) -> None:
    editor.open("service.py", SERVICE + "    other = Video(nope=1)  # noqa: ORM201\n")
    document = lsp.TextDocumentIdentifier(editor.uri("service.py"))

    async def shown(position: lsp.Position) -> str:
        hover = await editor.text_document_hover_async(lsp.HoverParams(document, position))
        return hover.contents.value if hover is not None else ""

    extra = EXTRA[str(editor.result.capabilities.position_encoding)]
    assert "models.Video" in await shown(place(SERVICE, "Video(", extra))
    attribute = await shown(place(SERVICE, "title ="))
    assert "Video.title  String(50)  as video_title  not null" in attribute and "table `video`" in attribute
    assert (await shown(lsp.Position(7, 36))).startswith("# unknown-constructor-keyword")
    assert await shown(place(SERVICE, "session.add")) == ""


async def test_completion_of_keywords_and_attributes(editor: Editor) -> None:
    editor.open("service.py")
    await editor.found("service.py", 1)
    document = lsp.TextDocumentIdentifier(editor.uri("service.py"))

    async def offered(text: str, version: int) -> list[str]:
        editor.change("service.py", version, text)
        rows = text.split("\n")
        params = lsp.CompletionParams(document, lsp.Position(len(rows) - 1, len(rows[-1])))
        items = await editor.text_document_completion_async(params)
        return [item.label for item in sorted(items or (), key=lambda item: item.sort_text or "")]

    head = "from models import Video\nimport models\n"
    assert await offered(f"{head}Video(id=f('('), ", 2) == ["title=", "created_at="]
    assert await offered(f"{head}models.Video(ti", 3) == ["title=", "created_at=", "id="]
    assert "title" in await offered(f"{head}session.query(Video.", 4)
    assert await offered(f"{head}Video(id=", 5) == []
    assert await offered(f"{head}print(", 6) == []


async def test_from_a_keyword_to_the_column(editor: Editor) -> None:
    editor.open("service.py", SERVICE.replace("titel", "title"))
    document = lsp.TextDocumentIdentifier(editor.uri("service.py"))
    extra = EXTRA[str(editor.result.capabilities.position_encoding)]
    text = SERVICE.replace("titel", "title")
    location = await editor.text_document_definition_async(lsp.DefinitionParams(document, place(text, "title=", extra)))
    assert location.uri == editor.uri("models.py")
    assert location.range.start == lsp.Position(9, 4)


async def test_a_broken_configuration_is_told_and_survived(editor: Editor) -> None:
    editor.open("service.py")
    await editor.found("service.py", 1)
    config = editor.root / "pyproject.toml"
    config.write_text('[tool.ormlint]\nignore = ["ORM201"]\n', encoding="utf-8")
    change = lsp.FileEvent(config.as_uri(), lsp.FileChangeType.Changed)
    editor.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    assert await editor.found("service.py", 0) == []
    config.write_text("[tool.ormlint]\nselct = 1\n", encoding="utf-8")
    editor.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    while not editor.messages:
        await editor.wait_for_notification(lsp.WINDOW_SHOW_MESSAGE)
    assert "selct" in editor.messages[0].message


async def test_fixes_of_a_finding_and_of_a_file(editor: Editor) -> None:
    text = MODELS.replace("Integer, String", "JSON, Integer, String") + "    tags = Column(JSON, default=[])\n"
    editor.open("models.py", text)
    found = await editor.found("models.py", 1)
    document = lsp.TextDocumentIdentifier(editor.uri("models.py"))

    async def offered(*only: str) -> list[lsp.CodeAction]:
        context = lsp.CodeActionContext(found, only=list(only) or None)
        actions = await editor.text_document_code_action_async(lsp.CodeActionParams(document, found[0].range, context))
        return [action for action in actions or () if not action.title.startswith("Suppress")]

    (quick,) = await offered("quickfix")
    assert quick.is_preferred and list(quick.diagnostics or ()) == found
    for action in (quick, *(await offered("source.fixAll"))):
        (change,) = action.edit.document_changes
        assert [edit.new_text for edit in change.edits] == ["list"]
    assert [str(action.kind) for action in await offered("source.fixAll")] == ["source.fixAll.ormlint"]
