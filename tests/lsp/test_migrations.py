"""Migrations in the editor: what they say of a column, and the findings of drift while a model is edited."""

from __future__ import annotations

import pytest
from conftest import Editor
from lsprotocol import types as lsp

pytestmark = pytest.mark.asyncio

FIRST = """\
from alembic import op
import sqlalchemy as sa

revision = "1"
down_revision = None


def upgrade():
    op.create_table("video", sa.Column("id", sa.Integer, primary_key=True), sa.Column("video_title", sa.String(50), nullable=False),
        sa.Column("created_at", sa.DateTime, server_default=sa.func.now()))
"""
SECOND = """\
from alembic import op
import sqlalchemy as sa

revision = "2"
down_revision = "1"


def upgrade():
    op.alter_column("video", "video_title", type_=sa.String(80))
"""


def migrate(editor: Editor) -> None:
    versions = editor.root / "migrations" / "versions"
    versions.mkdir(parents=True)
    (versions / "one.py").write_text(FIRST)
    (versions / "two.py").write_text(SECOND)
    (editor.root / "pyproject.toml").write_text("[tool.ormlint]\npreview = true\n")
    params = lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier(editor.uri("pyproject.toml")))
    editor.text_document_did_save(params)


async def hover(editor: Editor, line: int, character: int) -> str:
    document = lsp.TextDocumentIdentifier(editor.uri("models.py"))
    shown = await editor.text_document_hover_async(lsp.HoverParams(document, lsp.Position(line, character)))
    assert shown is not None and isinstance(shown.contents, lsp.MarkupContent)
    return shown.contents.value


async def test_what_migrations_say(editor: Editor) -> None:
    migrate(editor)
    editor.open("models.py")
    text = await hover(editor, 9, 6)  # title, which is video_title in the database
    assert "- `1`: create_table video (migrations/versions/one.py:9)" in text
    assert "- `2`: alter_column video.video_title (migrations/versions/two.py:9)" in text
    assert "`2`" not in await hover(editor, 10, 6)
    assert "- `2`: alter_column" in await hover(editor, 6, 8)


async def test_drift_shows_in_the_model_as_it_is_edited(editor: Editor) -> None:
    migrate(editor)
    text = (editor.root / "models.py").read_text()
    editor.open("models.py", text)
    before = [item.code for item in await editor.found("models.py", 0)]
    assert "ORM902" not in before
    editor.change("models.py", 2, text + "    length = Column(Integer)\n")
    (item,) = await editor.found("models.py", 1)
    assert (item.code, item.range.start.line) == ("ORM902", text.count("\n"))
    assert "No revision makes this column." in await hover(editor, text.count("\n"), 6)
    editor.change("models.py", 3, text)
    assert await editor.found("models.py", 0) == []
