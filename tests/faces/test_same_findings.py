"""All faces give the same findings for the same tree: command line, every format, flake8, editors, pre-commit's command.

The tree is the examples' shop, whose planted bugs come from many rules, with a file whose text is not ASCII.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient, client_capabilities
from pytest_lsp.client import register_lsp_features

from ormlint.testing.reports import READERS, Finding, rows

ROOT = Path(__file__).parent.parent.parent
WIDE = '''\
"""Columns count differently here: "\U0001f60b" is one code point, two UTF-16 units and four bytes."""
from video_shop.models.job import ProcessingJob


def wide(video):
    "\U0001f60b\u00e9"; return ProcessingJob(video=video, parameters="\U0001f60b")
'''

FILE = "video_shop/video_shop/wide.py"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faces").resolve() / "shop"
    shutil.copytree(ROOT / "examples", folder)
    (folder / FILE).write_text(WIDE, encoding="utf-8")
    (folder / "pyproject.toml").write_text('[tool.ormlint]\npreview = true\nselect = ["ALL"]\n', encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    return folder


def run(project: Path, *arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "ORMLINT_"))}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=project,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def items(project: Path) -> list[dict[str, Any]]:
    found = json.loads(run(project, "ormlint", "check", "--no-cache", "--output-format", "json"))
    assert len(found) > 30 and len({item["code"] for item in found}) > 10
    return list(found)


@pytest.fixture(scope="module")
def expected(items: list[dict[str, Any]]) -> Counter[Finding]:
    return Counter((item["filename"], item["location"]["row"], item["code"]) for item in items)


# -- every format


FORMATS = {name: read for name, read in READERS.items() if name != "json"}


def test_no_format_is_forgotten() -> None:
    from ormlint.reporters import FORMATS as ALL

    assert set(FORMATS) | {"json"} == set(ALL)


def test_every_format(project: Path, expected: Counter[Finding], tmp_path: Path) -> None:
    outputs = [item for name in FORMATS for item in ("--output", f"{name}:{tmp_path / name}")]
    run(project, "ormlint", "check", "--no-cache", *outputs)
    for name, read in FORMATS.items():
        found = Counter(read((tmp_path / name).read_text(encoding="utf-8")))
        assert found == expected, name


# -- the cache, folders and files, standard input, flake8, pre-commit


def test_the_cache_and_several_processes(project: Path, items: list[dict[str, Any]], tmp_path: Path) -> None:
    for jobs in ("1", "2", "1"):
        shown = run(
            project, "ormlint", "check", "--cache-dir", str(tmp_path), "--jobs", jobs, "--output-format", "json"
        )
        assert json.loads(shown) == items


def test_each_file_by_itself(project: Path, expected: Counter[Finding]) -> None:
    found: Counter[Finding] = Counter()
    files = sorted({file for file, _, _ in expected})
    for file in files:
        found.update(READERS["json-lines"](run(project, "ormlint", "check", file, "--output-format", "json-lines")))
    assert found == expected


def test_standard_input(project: Path, expected: Counter[Finding]) -> None:
    file = FILE
    done = subprocess.run(
        [sys.executable, "-m", "ormlint", "check", "-", "--stdin-filename", file, "--output-format", "json-lines"],
        cwd=project,
        input=WIDE.encode(),
        capture_output=True,
        check=False,
    )
    assert Counter(READERS["json-lines"](done.stdout.decode())) == Counter(
        {item: n for item, n in expected.items() if item[0] == file}
    )


def test_flake8(project: Path, expected: Counter[Finding]) -> None:
    shown = run(project, "flake8", "--select", "ORM", "--disable-noqa", "-j2")
    found = Counter(rows(r"^\./(?P<file>\S+\.py):(?P<row>\d+):\d+: (?P<code>ORM\d{3})", shown))
    # flake8 reads `noqa` itself, so comments that are of no use are no finding of the plugin's.
    assert found - expected == Counter() and {code for _, _, code in expected - found} <= {"ORM003", "ORM004"}


def test_what_pre_commit_runs(project: Path, expected: Counter[Finding]) -> None:
    import yaml

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    files = sorted(path.relative_to(project).as_posix() for path in project.rglob("*.py"))
    for hook in hooks:
        entry = [*hook["entry"].split(), *hook.get("args", ()), *(files if hook.get("pass_filenames", True) else ())]
        if "--fix" in entry:
            continue
        shown = run(project, *entry, "--output-format", "json-lines", PRE_COMMIT="1")
        assert Counter(READERS["json-lines"](shown)) == expected, hook["id"]


# -- editors


async def _served(project: Path, profile: str, pulls: bool) -> tuple[Counter[Finding], dict[Finding, lsp.Range], str]:
    client = LanguageClient(converter_factory=default_converter)
    register_lsp_features(client)

    @client.feature(lsp.CLIENT_REGISTER_CAPABILITY)
    def register(params: lsp.RegistrationParams) -> None:
        pass

    await client.start_io(sys.executable, "-m", "ormlint", "server")
    capabilities = client_capabilities(profile)
    if pulls:
        capabilities.text_document.diagnostic = lsp.DiagnosticClientCapabilities()
        capabilities.workspace.diagnostics = lsp.DiagnosticWorkspaceClientCapabilities(refresh_support=False)
    result = await client.initialize_session(
        lsp.InitializeParams(
            capabilities=capabilities,
            workspace_folders=[lsp.WorkspaceFolder(project.as_uri(), "shop")],
            root_uri=project.as_uri(),
            initialization_options={"diagnosticMode": "workspace"},
        )
    )
    if pulls:
        report = await client.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams([]))
        shown = {item.uri: list(item.items) for item in report.items}
    else:
        await client.wait_for_notification(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        await client.text_document_hover_async(  # an answer comes after all that was published before it
            lsp.HoverParams(lsp.TextDocumentIdentifier((project / "conftest.py").as_uri()), lsp.Position(0, 0))
        )
        shown = dict(client.diagnostics)
    await client.shutdown_session()
    found: Counter[Finding] = Counter()
    places: dict[Finding, lsp.Range] = {}
    for uri, diagnostics in shown.items():
        file = uri.removeprefix(f"{project.as_uri()}/")
        for item in diagnostics:
            finding = (file, item.range.start.line + 1, str(item.code))
            found[finding] += 1
            places[finding] = item.range
    encoding = result.capabilities.position_encoding or "utf-16"
    return found, places, str(getattr(encoding, "value", encoding))


@pytest.mark.parametrize("profile", ["neovim@v0.7.0", "neovim@v0.11.0", "emacs"])
@pytest.mark.parametrize("pulls", [False, True])
def test_editors(
    project: Path, expected: Counter[Finding], items: list[dict[str, Any]], profile: str, pulls: bool
) -> None:
    if not pulls and client_capabilities(profile).text_document.diagnostic is not None:
        pytest.skip("this editor asks for findings by itself")
    found, places, encoding = asyncio.run(_served(project, profile, pulls))
    assert found == expected
    # The same place, in the client's own units.
    (wide,) = [item for item in items if item["filename"] == FILE and item["code"] == "ORM201"]
    line = WIDE.splitlines()[wide["location"]["row"] - 1][: wide["location"]["column"] - 1]
    units = {"utf-8": len(line.encode()), "utf-16": len(line.encode("utf-16-le")) // 2, "utf-32": len(line)}
    assert places[wide["filename"], wide["location"]["row"], wide["code"]].start.character == units[encoding]
