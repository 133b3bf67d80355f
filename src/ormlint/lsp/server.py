"""The server: what the client says becomes changes of sessions, and what they find is sent or answered."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types as lsp
from pygls import uris
from pygls.lsp.server import LanguageServer

from ormlint._version import __version__
from ormlint.lsp import actions, cards, completions, findings, hovers
from ormlint.lsp.documents import replaced
from ormlint.lsp.lookup import Target, target_at
from ormlint.lsp.positions import to_offset, to_range
from ormlint.lsp.session import Session, State
from ormlint.project.discovery import DiscoveryError
from ormlint.project.environment import NoEnvironmentError
from ormlint.project.options import ConfigError
from ormlint.settings.selectors import SelectorError

T = TypeVar("T")
log = logging.getLogger(__name__)
_PAUSE = 0.01  # seconds: changes that come together are checked once; those that come meanwhile, after it
_WATCHED = ("**/*.py", "**/{pyproject,ormlint,.ormlint}.toml", "**/alembic.ini")
_PROGRESS = "ormlint/index"
_STACK = 64 * 1024 * 1024


class OrmlintServer(LanguageServer):
    """The state of one client."""

    def __init__(self) -> None:
        super().__init__("ormlint", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self.sessions: dict[Path, Session] = {}
        self.failed: dict[Path, str] = {}
        self.pulls = False
        self.workspace_mode = False
        self.published: set[str] = set()
        threading.stack_size(_STACK)  # a thread's own is too small for deeply nested code on some systems
        self.executor = ThreadPoolExecutor(1, "ormlint-check")
        self.waiting: asyncio.Task[None] | None = None

    @property
    def encoding(self) -> str:
        """The unit in which the client counts characters."""
        kind = self.workspace.position_encoding
        return str(getattr(kind, "value", kind))

    # -- sessions

    def session_of(self, uri: str) -> tuple[Session, str] | None:
        """Return the session of a file and its path there; None when no project has it."""
        file = uris.to_fs_path(uri)
        if file is None:
            return None
        folder = Path(file).parent
        for root, session in self.sessions.items():
            if folder.resolve().is_relative_to(root):
                path = session.path(Path(file))
                return (session, path) if path is not None else None
        tops = [Path(top) for item in self.workspace.folders.values() if (top := uris.to_fs_path(item.uri)) is not None]
        start = next((top for top in tops if folder.resolve().is_relative_to(top.resolve())), folder)
        loaded = self._load(start)
        path = loaded.path(Path(file)) if loaded is not None else None
        return (loaded, path) if loaded is not None and path is not None else None

    def _load(self, folder: Path) -> Session | None:
        try:
            session = Session.load(folder)
        except (ConfigError, DiscoveryError, NoEnvironmentError) as error:
            if self.failed.get(folder) != str(error):
                self.failed[folder] = str(error)
                message = lsp.ShowMessageParams(lsp.MessageType.Error, f"ormlint: {error}")
                self.window_show_message(message)
            return None
        self.failed.pop(folder, None)
        return self.sessions.setdefault(session.root, session)

    def reload(self) -> None:
        """Read configurations and files anew, with the open buffers in their place."""
        self.sessions.clear()
        for document in self.workspace.text_documents.values():
            found = self.session_of(document.uri)
            if found is not None:
                found[0].set_buffer(found[1], document.source)

    async def state_of(self, session: Session) -> State | None:
        """Return what is found in a project as it is now."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self.executor, session.check)
        except (ConfigError, DiscoveryError, SelectorError) as error:
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Error, f"ormlint: {error}"))
        except Exception as error:  # a fault of ormlint's own must not end the server
            log.exception("the project could not be checked")
            message = f"ormlint: internal error: {type(error).__name__}: {error}; please report it"
            self.window_log_message(lsp.LogMessageParams(lsp.MessageType.Error, message))
        return session.state

    async def ask(self, question: Callable[..., T], *given: object) -> T:
        """Return the answer to a question about a state: where states are worked out, so that nothing changes."""
        return await asyncio.get_running_loop().run_in_executor(self.executor, _answer, question, given)

    def uri(self, session: Session, path: str) -> str:
        """Return the URI of a file of a project, as the client spells it where it is open."""
        file = str(session.root / path)
        for document in self.workspace.text_documents.values():
            name = uris.to_fs_path(document.uri)
            if name is not None and (name == file or Path(name).resolve() == session.root / path):
                return str(document.uri)
        return uris.from_fs_path(file) or file

    # -- telling the client

    def changed(self, pause: float = _PAUSE) -> None:
        """Check again soon; what was to be checked before is given up."""
        if self.waiting is not None and not self.waiting.done():
            self.waiting.cancel()
        self.waiting = asyncio.ensure_future(self._tell(pause))

    async def _tell(self, pause: float) -> None:
        await asyncio.sleep(pause)
        if self.pulls:
            capabilities = self.client_capabilities.workspace
            if capabilities and capabilities.diagnostics and capabilities.diagnostics.refresh_support:
                self.workspace_diagnostic_refresh(None)
            return
        for session in list(self.sessions.values()):
            generation = session.generation
            state = await self.state_of(session)
            if state is not None and session.generation == generation:
                self._publish(session, state)

    def _publish(self, session: Session, state: State) -> None:
        opened = {document.uri: document.version for document in self.workspace.text_documents.values()}
        shown: dict[str, str] = {}
        for path in state.diagnostics if self.workspace_mode else ():
            shown[self.uri(session, path)] = path
        for uri in opened:
            found = self.session_of(uri)
            if found is not None and found[0] is session:
                shown[uri] = found[1]
        gone = {uri for uri in self.published - set(shown) if self._belongs(session, uri)}
        for uri, path in shown.items():
            items = findings.diagnostics(state, path, lambda name: self.uri(session, name), self.encoding)
            params = lsp.PublishDiagnosticsParams(uri=uri, version=opened.get(uri), diagnostics=items)
            self.text_document_publish_diagnostics(params)
        for uri in gone:
            self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
        self.published = (self.published - gone) | set(shown)

    def _belongs(self, session: Session, uri: str) -> bool:
        file = uris.to_fs_path(uri)
        return file is not None and Path(file).resolve().is_relative_to(session.root)

    async def at(self, document: str, position: lsp.Position) -> tuple[Session, State, str, Target] | None:
        """Return what stands at a position of a document."""
        found = self.session_of(document)
        state = await self.state_of(found[0]) if found is not None else None
        source = state.source(found[1]) if found is not None and state is not None else None
        if found is None or state is None or source is None:
            return None
        target = await self.ask(target_at, state, found[1], to_offset(source, position, self.encoding))
        return (found[0], state, found[1], target) if target is not None else None


def build_server() -> OrmlintServer:
    """Return a server with its features."""
    server = OrmlintServer()

    @server.feature(lsp.INITIALIZE)
    def initialize(ls: OrmlintServer, params: lsp.InitializeParams) -> None:
        # pygls has no means to say which class its documents are of.
        ls.protocol._workspace = replaced(ls.workspace, list(params.workspace_folders or ()) or None)
        options = params.initialization_options if isinstance(params.initialization_options, dict) else {}
        _configure(ls, options.get("settings", options))
        text = params.capabilities.text_document
        ls.pulls = bool(text and text.diagnostic)
        if ls.pulls:  # offered only to clients that ask: both at once show every finding twice
            offered = lsp.DiagnosticOptions(
                identifier="ormlint", inter_file_dependencies=True, workspace_diagnostics=ls.workspace_mode
            )
            ls.feature(lsp.TEXT_DOCUMENT_DIAGNOSTIC, offered)(pull)
            if ls.workspace_mode:
                ls.feature(lsp.WORKSPACE_DIAGNOSTIC)(pull_all)

    @server.feature(lsp.INITIALIZED)
    async def initialized(ls: OrmlintServer, params: lsp.InitializedParams) -> None:
        # Loaded before anything is waited for: what the client asks next is asked of all projects.
        folders = [uris.to_fs_path(item.uri) for item in ls.workspace.folders.values()]
        sessions = [ls._load(Path(folder)) for folder in folders if folder is not None]
        await _watch(ls)
        for session in sessions:
            if session is not None:
                await _index(ls, session)
        ls.changed(0)

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: OrmlintServer, params: lsp.DidOpenTextDocumentParams) -> None:
        _buffer(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: OrmlintServer, params: lsp.DidChangeTextDocumentParams) -> None:
        _buffer(ls, params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(ls: OrmlintServer, params: lsp.DidCloseTextDocumentParams) -> None:
        found = ls.session_of(params.text_document.uri)
        if found is not None:
            found[0].set_buffer(found[1], None)
            ls.changed()

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: OrmlintServer, params: lsp.DidSaveTextDocumentParams) -> None:
        # Clients that cannot watch files tell of nothing else.
        name = (uris.to_fs_path(params.text_document.uri) or "").rpartition("/")[2]
        if name.endswith(".toml"):
            ls.reload()
        ls.changed()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(ls: OrmlintServer, params: lsp.DidChangeWatchedFilesParams) -> None:
        if any(not change.uri.endswith(".py") for change in params.changes):
            ls.reload()
        for session in ls.sessions.values():
            session.files_changed()
        ls.changed()

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configured(ls: OrmlintServer, params: lsp.DidChangeConfigurationParams) -> None:
        given = params.settings.get("ormlint") if isinstance(params.settings, dict) else None
        _configure(ls, given)
        ls.reload()
        ls.changed()

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(code_action_kinds=list(actions.KINDS)))
    async def code_actions(ls: OrmlintServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        found = ls.session_of(uri)
        state = await ls.state_of(found[0]) if found is not None else None
        if found is None or state is None:
            return []
        version = ls.workspace.get_text_document(uri).version
        return actions.actions(state, found[1], uri, version, params.context, ls.encoding)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hover(ls: OrmlintServer, params: lsp.HoverParams) -> lsp.Hover | None:
        found = await ls.at(params.text_document.uri, params.position)
        if found is None:
            return None
        session, state, path, target = found
        text = await ls.ask(hovers.markdown, session, state, target)
        source = state.source(path)
        if text is None or source is None:
            return None
        content = lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
        return lsp.Hover(content, to_range(source, target.range, ls.encoding))

    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def definition(ls: OrmlintServer, params: lsp.DefinitionParams) -> lsp.Location | None:
        found = await ls.at(params.text_document.uri, params.position)
        if found is None or found[3].model is None:
            return None
        session, state, _, target = found
        attribute, mapped = target.attribute, target.model
        if mapped is None:
            return None
        module = attribute.module if attribute is not None else mapped.symbol.module
        source = state.source(module.path)
        if source is None:
            return None
        where = attribute.range if attribute is not None else mapped.symbol.facts.name_range
        return lsp.Location(ls.uri(session, module.path), to_range(source, where, ls.encoding))

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, lsp.CompletionOptions(trigger_characters=list(completions.TRIGGERS)))
    async def complete(ls: OrmlintServer, params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        found = ls.session_of(params.text_document.uri)
        if found is None:
            return []
        session, path = found
        document = ls.workspace.get_text_document(params.text_document.uri)
        offset = document.offset_at_position(params.position)
        place = completions.Place(path, document.source[:offset], document.source[offset:], ls.encoding)
        # The last state will do as a rule: models seldom change while their names are typed.
        last = session.state
        offered = await ls.ask(completions.completions, last, place) if last is not None else []
        if offered or (last is not None and last.generation == session.generation):
            return offered
        state = await ls.state_of(session)
        return await ls.ask(completions.completions, state, place) if state is not None else []

    @server.feature(cards.MODELS)
    async def models(ls: OrmlintServer, params: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for session in list(ls.sessions.values()):
            state = await ls.state_of(session)
            for mapped in cards.models(state) if state is not None else ():
                uri = ls.uri(session, mapped.symbol.module.path)
                item = cards.listed(state, uri, mapped, ls.encoding) if state is not None else None
                if item is not None:
                    found.append(item)
        return found

    @server.feature(cards.CARD)
    async def model_card(ls: OrmlintServer, params: object) -> dict[str, str] | None:
        found = await ls.at(*cards.position(params))
        return cards.card(found[1], found[3].model) if found is not None and found[3].model is not None else None

    return server


def _answer(question: Callable[..., T], given: tuple[object, ...]) -> T:
    collecting = gc.isenabled()
    gc.disable()  # the project is a large heap of facts without cycles; to walk it costs more than the answer
    try:
        return question(*given)
    finally:
        if collecting:
            gc.enable()


async def pull(ls: OrmlintServer, params: lsp.DocumentDiagnosticParams) -> lsp.DocumentDiagnosticReport:
    """Answer for one document."""
    found = ls.session_of(params.text_document.uri)
    state = await ls.state_of(found[0]) if found is not None else None
    if found is None or state is None:
        return lsp.RelatedFullDocumentDiagnosticReport(items=[])
    session, path = found
    items = findings.diagnostics(state, path, lambda name: ls.uri(session, name), ls.encoding)
    result = _result_id(items)
    if params.previous_result_id == result:
        return lsp.RelatedUnchangedDocumentDiagnosticReport(result_id=result)
    return lsp.RelatedFullDocumentDiagnosticReport(items=items, result_id=result)


async def pull_all(ls: OrmlintServer, params: lsp.WorkspaceDiagnosticParams) -> lsp.WorkspaceDiagnosticReport:
    """Answer for every file of the workspace."""
    before = {item.uri: item.value for item in params.previous_result_ids}
    reports: list[lsp.WorkspaceFullDocumentDiagnosticReport | lsp.WorkspaceUnchangedDocumentDiagnosticReport] = []
    opened = {document.uri: document.version for document in ls.workspace.text_documents.values()}
    for session in list(ls.sessions.values()):
        state = await ls.state_of(session)
        for path in state.files if state is not None else ():
            if state is None:
                continue
            uri = ls.uri(session, path)
            if path not in state.diagnostics and uri not in before:
                continue
            items = findings.diagnostics(state, path, lambda name, own=session: ls.uri(own, name), ls.encoding)  # type: ignore[misc]
            result, version = _result_id(items), opened.get(uri)
            if before.get(uri) == result:
                unchanged = lsp.WorkspaceUnchangedDocumentDiagnosticReport(uri=uri, result_id=result, version=version)
                reports.append(unchanged)
            else:
                full = lsp.WorkspaceFullDocumentDiagnosticReport(
                    uri=uri, items=items, result_id=result, version=version
                )
                reports.append(full)
    return lsp.WorkspaceDiagnosticReport(items=reports)


def _result_id(items: list[lsp.Diagnostic]) -> str:
    return hashlib.sha256(repr(items).encode("utf-8", "replace")).hexdigest()[:16]


def _configure(ls: OrmlintServer, settings: object) -> None:
    if isinstance(settings, dict) and "diagnosticMode" in settings:
        ls.workspace_mode = settings["diagnosticMode"] == "workspace"


def _buffer(ls: OrmlintServer, uri: str) -> None:
    found = ls.session_of(uri)
    if found is not None:
        found[0].set_buffer(found[1], ls.workspace.get_text_document(uri).source)
        ls.changed()


async def _watch(ls: OrmlintServer) -> None:
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if watching is None or not watching.dynamic_registration:
        return
    options = lsp.DidChangeWatchedFilesRegistrationOptions([lsp.FileSystemWatcher(pattern) for pattern in _WATCHED])
    registration = lsp.Registration("ormlint-watch", lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await ls.client_register_capability_async(lsp.RegistrationParams([registration]))


async def _index(ls: OrmlintServer, session: Session) -> None:
    """Check a project for the first time, and say so where the client shows progress."""
    window = ls.client_capabilities.window
    if not (window and window.work_done_progress):
        await ls.state_of(session)
        return
    token = f"{_PROGRESS}/{uuid.uuid4()}"  # a token is used once, and a workspace may have several folders
    await ls.work_done_progress.create_async(token)
    begun = lsp.WorkDoneProgressBegin(title="ormlint", message=f"reading {session.root.name}")
    ls.work_done_progress.begin(token, begun)
    try:
        await ls.state_of(session)
    finally:
        ls.work_done_progress.end(token, lsp.WorkDoneProgressEnd(message="done"))
