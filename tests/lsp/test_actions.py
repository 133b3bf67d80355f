"""Code actions for findings that are older than the text: something was typed above them since."""

from __future__ import annotations

import pytest
from conftest import SERVICE, Editor
from lsprotocol import types as lsp

pytestmark = pytest.mark.asyncio


async def titles(editor: Editor, found: list[lsp.Diagnostic]) -> list[str]:
    document = lsp.TextDocumentIdentifier(editor.uri("service.py"))
    context = lsp.CodeActionContext(found, only=[lsp.CodeActionKind.QuickFix])
    params = lsp.CodeActionParams(document, found[0].range, context)
    return [action.title for action in await editor.text_document_code_action_async(params) or ()]


async def test_a_finding_that_moved_keeps_its_actions(editor: Editor) -> None:
    editor.open("service.py")
    found = await editor.found("service.py", 1)
    editor.change("service.py", 2, "# a line more\n" + SERVICE)
    assert await titles(editor, found) == [
        "Rename it to `title`",
        "Suppress ORM201 (unknown-constructor-keyword) here",
    ]


async def test_a_finding_that_is_gone_or_said_twice_has_none(editor: Editor) -> None:
    editor.open("service.py")
    found = await editor.found("service.py", 1)
    editor.change("service.py", 2, SERVICE.replace("titel", "title"))
    assert await titles(editor, found) == []
    twice = SERVICE.replace("    session.add", '    Video(titel="x")\n    session.add')
    editor.change("service.py", 3, "# a line more\n" + twice)
    assert await titles(editor, found) == [], "which of the two is not known"
