"""All faces say the same of the same tree: the command in each of its formats, flake8, and the server, pulled and pushed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import pytest_lsp
from conftest import Editor, capabilities, make_client
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig

from ormlint.testing.reports import READERS, Finding, rows

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def shop(folder: Path) -> Path:
    """Copy the examples, with a file of characters that units of position tell apart."""
    top = folder / "shop"
    shutil.copytree(EXAMPLES, top, ignore=shutil.ignore_patterns(".*cache*", "__pycache__"))
    text = 'from video_shop.models.video import Video\n\n\ndef make():\n    "\U0001f60b"; return Video(nope="ü", other=1)\n'
    (top / "odd.py").write_text(text, encoding="utf-8")
    return top


def ran(top: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=top, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


FORMATS = [name for name in READERS if name not in ("full", "grouped")]


def relative(found: Iterable[Finding], top: Path) -> list[Finding]:
    return sorted(
        (Path(path).relative_to(top).as_posix() if Path(path).is_absolute() else path, *rest) for path, *rest in found
    )  # type: ignore[misc]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Finding]]:
    """Return a tree and what is found in it."""
    top = shop(tmp_path_factory.mktemp("faces").resolve())
    found = relative(READERS["json"](ran(top, "ormlint", "check", "--output-format", "json")), top)
    assert len(found) > 20 and len({code for _, _, code in found}) > 5
    return top, found


@pytest.mark.parametrize("form", FORMATS)
def test_a_format(form: str, told: tuple[Path, list[Finding]]) -> None:
    top, found = told
    text = ran(top, "ormlint", "check", "--output-format", form)
    assert relative(READERS[form](text), top) == found


def test_formats_for_people(told: tuple[Path, list[Finding]]) -> None:
    top, found = told
    for form in ("full", "grouped"):
        text = ran(top, "ormlint", "check", "--output-format", form)
        for code in {code for _, _, code in found}:
            wanted = sum(1 for item in found if item[2] == code)
            assert len(re.findall(rf"\b{code} \[", text)) == wanted, (form, code)


def test_flake8(told: tuple[Path, list[Finding]]) -> None:
    top, found = told
    text = ran(top, "flake8", "--isolated", "--select", "ORM", "--format", "%(path)s:%(row)d:%(code)s", ".")
    assert relative(rows(r"^\./(?P<file>[^:\n]+):(?P<row>\d+):(?P<code>ORM\d{3})", text), top) == found


@pytest_lsp.fixture(
    config=ClientServerConfig(server_command=[sys.executable, "-m", "ormlint", "server"], client_factory=make_client),
    params=("visual_studio_code", "neovim@v0.7.0"),
)
async def editor(
    request: pytest.FixtureRequest, lsp_client: Editor, told: tuple[Path, list[Finding]]
) -> AsyncIterator[None]:
    lsp_client.root = told[0]

    @lsp_client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        pass

    lsp_client.result = await lsp_client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities(request.param),
            workspace_folders=[lsp.WorkspaceFolder(lsp_client.root.as_uri(), "shop")],
            root_uri=lsp_client.root.as_uri(),
            initialization_options={"settings": {"diagnosticMode": "workspace"}},
        )
    )
    yield
    await lsp_client.shutdown_session()


@pytest.mark.asyncio
async def test_the_server(editor: Editor, told: tuple[Path, list[Finding]]) -> None:
    top, found = told
    shown: dict[str, list[lsp.Diagnostic]] = {}
    if editor.result.capabilities.diagnostic_provider is None:
        for path in sorted({path for path, _, _ in found}):
            shown[path] = await editor.found(path, sum(1 for item in found if item[0] == path))
    else:
        report = await editor.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams([]))
        for item in report.items:
            assert isinstance(item, lsp.WorkspaceFullDocumentDiagnosticReport)
            shown[item.uri.removeprefix(f"{top.as_uri()}/")] = list(item.items)
    seen = [(path, item.range.start.line + 1, str(item.code)) for path, items in shown.items() for item in items]
    assert sorted(seen) == found
