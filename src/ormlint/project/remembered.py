"""What is kept of a run in the cache: its findings as a whole, and by file for runs in which something changed."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

import ormlint
from ormlint._version import __version__
from ormlint.checker.result import CheckResult, Statistics
from ormlint.diagnostics import Diagnostic
from ormlint.facts.module import FACTS_VERSION
from ormlint.project.environment import SitePackages
from ormlint.settings import Settings
from ormlint.text import SourceError, SourceText

# Packages whose version has a part in what is found.
_PACKAGES = ("msgspec-", "sqlalchemy-", "sqlglot-", "tree_sitter-", "tree_sitter_python-")


class _KeptRun(msgspec.Struct, array_like=True):
    """The result of a run, and what it learned of installed packages beyond the project's own files."""

    diagnostics: list[Diagnostic]
    warnings: list[str]
    models: int
    given_up: dict[str, int]
    found: dict[str, str | None]  # what stood at a path without ending
    read: dict[str, bytes]  # digests of the modules that were read


class _KeptState(msgspec.Struct, array_like=True):
    """What is kept by file, or what of it is another now, and what was learned of installed packages."""

    kept: msgspec.Raw
    found: dict[str, str | None]
    read: dict[str, bytes]


_states = msgspec.msgpack.Decoder(_KeptState)
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_KeptRun)


def tool_version() -> bytes:
    """Return what stands for ormlint itself, its dependencies and the interpreter.

    ormlint's own files count by size and time too, so that an editable install notices its changes.
    """
    package = Path(ormlint.__file__).parent
    digest = hashlib.blake2b(digest_size=32)
    digest.update(repr((__version__, FACTS_VERSION, sys.version_info[:3])).encode())
    folders = [str(package)]
    while folders:
        folder = folders.pop()
        for entry in sorted(os.scandir(folder), key=lambda item: item.name):
            if entry.is_dir():
                folders.append(entry.path)
            elif entry.name.endswith(".py"):
                status = entry.stat()
                digest.update(f"{entry.path[len(str(package)) :]}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    site = Path(msgspec.__file__).parent.parent
    names = sorted(entry.name for entry in os.scandir(site) if entry.name.lower().startswith(_PACKAGES))
    digest.update(repr(names).encode())
    return digest.digest()


def run_key(
    files: Mapping[str, SourceText | SourceError],
    documents: Mapping[str, str],
    settings: Settings,
    only: Collection[str] | None,
    environment: SitePackages | None,
) -> bytes:
    """Return the digest of all that is known before a run and that its findings depend on.

    Whatever else a check comes to read has to have its part in here, or in `_KeptRun`.
    """
    digest = hashlib.blake2b(digest_size=20)
    roots = environment.roots if environment is not None else None
    digest.update(
        repr((settings, sorted(only) if only is not None else None, roots, sorted(documents.items()))).encode(
            "utf-8", "surrogatepass"
        )
    )
    for path in sorted(files):
        source = files[path]
        content = source.digest if isinstance(source, SourceText) else source.message.encode("utf-8", "replace")
        digest.update(f"\n{len(path)}:{path}:{len(content)}:".encode("utf-8", "surrogateescape"))
        digest.update(content)
    return digest.digest()


def state_key(root: Path, documents: Mapping[str, str], settings: Settings, environment: SitePackages | None) -> bytes:
    """Return the digest of what has to be the same for findings of single files to hold, besides the files."""
    roots = environment.roots if environment is not None else None
    about = repr((root.as_posix(), settings, roots, sorted(documents.items())))
    return hashlib.blake2b(about.encode("utf-8", "surrogatepass"), digest_size=20).digest()


def pack_state(kept: bytes, environment: SitePackages | None) -> bytes:
    """Return what is kept by file, with what was learned of installed packages, as bytes."""
    found = dict(environment.found) if environment is not None else {}
    read = dict(environment.contents) if environment is not None else {}
    return _encoder.encode(_KeptState(msgspec.Raw(kept), found, read))


def unpack_state(data: bytes, environment: SitePackages | None) -> bytes | None:
    """Return what is kept by file; None when the packages have changed meanwhile."""
    try:
        state = _states.decode(data)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    if environment is not None:
        if not environment.still(state.found, state.read):
            return None
        # What files that do not change learned of packages has to be asked again the next time too.
        environment.found.update(state.found)
        environment.contents.update(state.read)
    return bytes(state.kept)


def pack_run(result: CheckResult, environment: SitePackages | None) -> bytes | None:
    """Return the result of a run as bytes; None for what the format cannot hold."""
    kept = _KeptRun(
        result.diagnostics,
        result.warnings,
        result.statistics.models,
        result.statistics.given_up,
        dict(environment.found) if environment is not None else {},
        dict(environment.contents) if environment is not None else {},
    )
    try:
        return _encoder.encode(kept)
    except (msgspec.MsgspecError, OverflowError, UnicodeError):
        return None


def unpack_run(
    data: bytes, files: Mapping[str, SourceText | SourceError], environment: SitePackages | None
) -> CheckResult | None:
    """Return the result of a run from its bytes; None when the packages it read have changed meanwhile."""
    try:
        kept = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    if environment is not None and not environment.still(kept.found, kept.read):
        return None
    statistics = Statistics(
        files=len(files),
        bytes=sum(len(source.data) for source in files.values() if isinstance(source, SourceText)),
        models=kept.models,
        given_up=kept.given_up,
        is_cached=True,
    )
    return CheckResult(kept.diagnostics, statistics, kept.warnings)
