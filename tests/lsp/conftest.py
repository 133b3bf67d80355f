"""A client for each editor's profile, on a project of two files."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import converters
from lsprotocol import types as lsp
from pygls.protocol import default_converter
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities
from pytest_lsp.client import register_lsp_features

MODELS = """from sqlalchemy import Column, Integer, String, func, DateTime
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "video"
    id = Column(Integer, primary_key=True)
    title = Column("video_title", String(50), nullable=False)
    created_at = Column(DateTime, server_default=func.now())
"""
SERVICE = """from models import Video


def make(session):
    "\U0001f60b"; video = Video(titel="x", id=1)
    video.title = "y"
    session.add(video)
"""
PROFILES = ("visual_studio_code", "neovim@v0.7.0", "neovim@v0.11.0", "emacs")


def capabilities(profile: str) -> lsp.ClientCapabilities:
    if profile == "visual_studio_code":  # captured from version 1.100; the library's own is older than pull diagnostics
        text = (Path(__file__).parent / "visual_studio_code.json").read_text(encoding="utf-8")
        data = json.loads(text)
        return converters.get_converter().structure(data.get("capabilities", data), lsp.ClientCapabilities)
    return client_capabilities(profile)


class Editor(LanguageClient):
    """A client that knows its project."""

    profile: str
    root: Path
    result: lsp.InitializeResult
    registered: list[lsp.Registration]

    def uri(self, name: str) -> str:
        return (self.root / name).as_uri()

    def open(self, name: str, text: str | None = None) -> None:
        text = (self.root / name).read_text(encoding="utf-8") if text is None else text
        item = lsp.TextDocumentItem(self.uri(name), lsp.LanguageKind.Python, 1, text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def change(self, name: str, version: int, text: str, where: lsp.Range | None = None) -> None:
        document = lsp.VersionedTextDocumentIdentifier(version, self.uri(name))
        change = (
            lsp.TextDocumentContentChangePartial(where, text)
            if where is not None
            else lsp.TextDocumentContentChangeWholeDocument(text)
        )
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))

    async def found(self, name: str, wanted: int) -> list[lsp.Diagnostic]:
        """Return a document's diagnostics, asked for or waited for."""
        if self.result.capabilities.diagnostic_provider:
            document = lsp.TextDocumentIdentifier(self.uri(name))
            report = await self.text_document_diagnostic_async(lsp.DocumentDiagnosticParams(document))
            assert isinstance(report, lsp.RelatedFullDocumentDiagnosticReport)
            return list(report.items)
        while len(self.diagnostics.get(self.uri(name), ())) != wanted or self.uri(name) not in self.diagnostics:
            await self.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return list(self.diagnostics[self.uri(name)])


def make_client() -> Editor:
    client = Editor(converter_factory=default_converter)
    register_lsp_features(client)
    return client


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "ormlint", "server"], client_factory=make_client),
    params=PROFILES,
)
async def editor(request: pytest.FixtureRequest, lsp_client: Editor, tmp_path: Path) -> AsyncIterator[None]:
    lsp_client.profile = request.param
    lsp_client.root = tmp_path.resolve()
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    (tmp_path / "service.py").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.ormlint]\n", encoding="utf-8")
    lsp_client.registered = []

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        lsp_client.registered.extend(params.registrations)

    lsp_client.result = await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities(request.param),
            workspace_folders=[lsp.WorkspaceFolder(tmp_path.as_uri(), "shop")],
            root_uri=tmp_path.as_uri(),
        )
    )
    yield
    await lsp_client.shutdown_session()
