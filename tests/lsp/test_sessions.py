"""Folders of a workspace, settings that change while the server runs, progress, and requests that are cancelled."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from conftest import MODELS, SERVICE, Editor, capabilities, make_client
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig

pytestmark = pytest.mark.asyncio
PATIENCE = 600  # times that an answer is waited for
PROJECTS = {"one": "[tool.ormlint]\n", "two": '[tool.ormlint]\nignore = ["ORM201"]\n'}


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "ormlint", "server"], client_factory=make_client),
    params=("visual_studio_code", "neovim@v0.7.0"),
)
async def editor_of_two(request: pytest.FixtureRequest, lsp_client: Editor, tmp_path: Path) -> AsyncIterator[None]:
    lsp_client.root = tmp_path.resolve()
    for name, config in PROJECTS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "models.py").write_text(MODELS, encoding="utf-8")
        (tmp_path / name / "service.py").write_text(SERVICE, encoding="utf-8")
        (tmp_path / name / "pyproject.toml").write_text(config, encoding="utf-8")
    lsp_client.registered = []

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        lsp_client.registered.extend(params.registrations)

    lsp_client.result = await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities(request.param),
            workspace_folders=[lsp.WorkspaceFolder((tmp_path / name).as_uri(), name) for name in PROJECTS],
            root_uri=(tmp_path / "one").as_uri(),
        )
    )
    yield
    await lsp_client.shutdown_session()


async def test_each_folder_has_its_own_settings(editor_of_two: Editor) -> None:
    editor = editor_of_two
    editor.open("one/service.py")
    editor.open("two/service.py")
    assert [item.code for item in await editor.found("one/service.py", 1)] == ["ORM201"]
    assert await editor.found("two/service.py", 0) == []
    # An unsaved model of one project is no model of the other.
    editor.open("two/models.py", MODELS + "    titel = Column(Integer)\n")
    assert len(await editor.found("one/service.py", 1)) == 1


async def test_a_folder_that_is_added(editor_of_two: Editor) -> None:
    editor = editor_of_two
    three = editor.root / "three"
    three.mkdir()
    (three / "models.py").write_text(MODELS, encoding="utf-8")
    (three / "service.py").write_text(SERVICE, encoding="utf-8")
    added = lsp.WorkspaceFoldersChangeEvent(added=[lsp.WorkspaceFolder(three.as_uri(), "three")], removed=[])
    editor.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(added))
    editor.open("three/service.py")
    assert len(await editor.found("three/service.py", 1)) == 1


async def test_settings_that_change(editor_of_two: Editor) -> None:
    editor = editor_of_two
    editor.open("one/service.py")
    assert len(await editor.found("one/service.py", 1)) == 1
    (editor.root / "one" / "pyproject.toml").write_text(PROJECTS["two"], encoding="utf-8")
    change = lsp.FileEvent(editor.uri("one/pyproject.toml"), lsp.FileChangeType.Changed)
    editor.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    assert await editor.found("one/service.py", 0) == []


async def test_a_file_that_is_changed_outside(editor_of_two: Editor) -> None:
    editor = editor_of_two
    editor.open("one/service.py")
    assert len(await editor.found("one/service.py", 1)) == 1
    (editor.root / "one" / "models.py").write_text(MODELS.replace("title =", "titel ="), encoding="utf-8")
    change = lsp.FileEvent(editor.uri("one/models.py"), lsp.FileChangeType.Changed)
    editor.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    # A client that is pushed to may be told of the old finding once more.
    for _ in range(PATIENCE):
        if [item.code for item in await editor.found("one/service.py", 1)] == ["ORM202"]:
            return
        await asyncio.sleep(0.05)
    pytest.fail("the finding stays what it was")


async def test_the_first_reading_is_told(editor_of_two: Editor) -> None:
    editor = editor_of_two
    for _ in range(PATIENCE):
        reports = [type(item).__name__ for items in editor.progress_reports.values() for item in items]
        if reports.count("WorkDoneProgressEnd") == len(PROJECTS):
            break
        await asyncio.sleep(0.05)
    assert reports.count("WorkDoneProgressBegin") == len(editor.progress_reports) == len(PROJECTS)


async def test_a_request_that_is_cancelled(editor_of_two: Editor) -> None:
    editor = editor_of_two
    editor.open("one/service.py")
    await editor.found("one/service.py", 1)
    for number in range(400):  # enough work for the cancellation to come in time
        (editor.root / "one" / f"service_{number}.py").write_text(SERVICE, encoding="utf-8")
    change = lsp.FileEvent(editor.uri("one/service_0.py"), lsp.FileChangeType.Created)
    editor.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams([change]))
    document = lsp.TextDocumentIdentifier(editor.uri("one/service.py"))
    params = lsp.HoverParams(document, lsp.Position(0, 21))
    identifier = "to-be-cancelled"
    asked = asyncio.wrap_future(editor.protocol.send_request(lsp.TEXT_DOCUMENT_HOVER, params, msg_id=identifier))
    editor.cancel_request(lsp.CancelParams(identifier))
    with pytest.raises(Exception, match=r"(?i)cancel"):
        await asked
    # The server goes on.
    shown = await editor.text_document_hover_async(params)
    assert shown is not None
