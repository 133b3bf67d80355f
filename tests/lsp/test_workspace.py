"""`diagnosticMode` `workspace`: the findings of files that are not open, pulled or pushed."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from conftest import MODELS, SERVICE, Editor, capabilities, make_client
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig

pytestmark = pytest.mark.asyncio


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "ormlint", "server"], client_factory=make_client),
    params=("visual_studio_code", "neovim@v0.7.0"),
)
async def watcher(request: pytest.FixtureRequest, lsp_client: Editor, tmp_path: Path) -> AsyncIterator[None]:
    lsp_client.root = tmp_path.resolve()
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    (tmp_path / "service.py").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "other.py").write_text(SERVICE.replace("titel", "nope"), encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.ormlint]\n", encoding="utf-8")

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        pass

    lsp_client.result = await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities(request.param),
            workspace_folders=[lsp.WorkspaceFolder(tmp_path.as_uri(), "shop")],
            root_uri=tmp_path.as_uri(),
            initialization_options={"settings": {"diagnosticMode": "workspace"}},
        )
    )
    yield
    await lsp_client.shutdown_session()


async def test_files_that_are_not_open_are_told_of(watcher: Editor) -> None:
    if watcher.result.capabilities.diagnostic_provider is None:
        (item,) = await watcher.found("service.py", 1)
        assert "titel" in item.message
        (item,) = await watcher.found("other.py", 1)
        assert "nope" in item.message
        return

    async def pulled(before: dict[str, str]) -> dict[str, object]:
        results = [lsp.PreviousResultId(uri, result) for uri, result in before.items()]
        report = await watcher.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams(results))
        return {item.uri: item for item in report.items}

    first = await pulled({})
    service, other = watcher.uri("service.py"), watcher.uri("other.py")
    assert set(first) == {service, other}
    results = {}
    for uri, item in first.items():
        assert isinstance(item, lsp.WorkspaceFullDocumentDiagnosticReport) and item.result_id
        assert len(item.items) == 1 and item.version is None
        results[uri] = item.result_id
    for item in (await pulled(results)).values():
        assert isinstance(item, lsp.WorkspaceUnchangedDocumentDiagnosticReport), "nothing changed"

    watcher.open("service.py", SERVICE.replace("titel", "title"))
    after = await pulled(results)
    cleared = after[service]
    assert isinstance(cleared, lsp.WorkspaceFullDocumentDiagnosticReport)
    assert (list(cleared.items), cleared.version) == ([], 1)
    assert isinstance(after[other], lsp.WorkspaceUnchangedDocumentDiagnosticReport)
