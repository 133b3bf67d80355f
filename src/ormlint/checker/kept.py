"""What is kept of a check for the next one: findings by file, and what was read of other files for each."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from ormlint.diagnostics import Diagnostic
from ormlint.facts.module import Comment, SyntaxProblem
from ormlint.index.registries import MadeByCalls
from ormlint.semantic.summaries import FileSummary

Ids = tuple[int, ...]


class Unit(msgspec.Struct, array_like=True):
    """Findings that hold as long as what was read for them does; before suppressions. `reads` are sorted."""

    reads: Ids
    findings: tuple[Diagnostic, ...] = ()
    shadows: tuple[tuple[int, Diagnostic], ...] = ()  # where else a finding, by its number, may be suppressed


class FileState(msgspec.Struct, array_like=True):
    """One file: its text's digest, and its findings about classes and about bodies, which are worked out apart."""

    digest: bytes
    reads: Ids  # for its bodies
    summary: bytes  # an encoded `FileSummary`
    events: Unit
    models: Unit
    calls: tuple[bytes, ...] = ()  # digests of what its calls give parameters, before each round and after the last
    open: tuple[tuple[int, str], ...] = ()  # its functions with parameters that nothing declares: number, name
    subjects: tuple[str, ...] = ()  # the classes that rules were asked about
    made: MadeByCalls | None = None
    comments: tuple[Comment, ...] = ()  # those that silence findings
    problems: tuple[SyntaxProblem, ...] = ()
    given_up: tuple[str, ...] = ()  # why bodies were not followed
    has_links: bool = False  # linking takes something from it


class KeptRound(msgspec.Struct, array_like=True):
    """What was known of parameters in a round before the last, and the digests of answers that were other ones."""

    known: tuple[tuple[str, str, object], ...]  # function, parameter, `plain_type`
    digests: dict[int, bytes] = {}
    answers: dict[int, bytes] = {}  # the answers themselves, where they can be kept


class Kept(msgspec.Struct, array_like=True):
    """All files. `reads` are the names of what was read, `digests` what it said, empty where that is not kept."""

    files: dict[str, FileState]
    reads: list[str]
    digests: list[bytes]
    linked: tuple[str, ...]  # functions whose bodies were read when the project was linked
    deciding: tuple[str, ...]  # functions whose bodies decide whose parameters are inferred from calls
    schema: Unit
    rounds: tuple[KeptRound, ...] = ()  # the last one too, whose digests are `digests`
    answers: dict[int, bytes] = {}  # by the numbers of their reads, encoded; see `checker.answers`
    lasting: int = 0  # how many of `reads` there were when they were last cleared of those nobody reads


NOTHING_KEPT = Kept({}, [], [], (), (), Unit(()))


@dataclass
class Changes:
    """What was done and why, for statistics and tests: paths in order."""

    interpreted: list[str] = field(default_factory=list)  # bodies followed anew
    asked: list[str] = field(default_factory=list)  # rules asked anew about classes or bodies


_encoder = msgspec.msgpack.Encoder()
_kept = msgspec.msgpack.Decoder(Kept)
_summary = msgspec.msgpack.Decoder(FileSummary)


def encode_kept(kept: Kept) -> bytes | None:
    """Return the state as bytes; None for what the format cannot hold."""
    try:
        return _encoder.encode(kept)
    except (msgspec.MsgspecError, OverflowError, UnicodeError):
        return None


def decode_kept(data: bytes) -> Kept | None:
    """Return the state that was encoded; None for bytes that are none."""
    try:
        return _kept.decode(data)
    except (msgspec.MsgspecError, UnicodeError):
        return None


def encode_summary(summary: FileSummary) -> bytes:
    """Return a summary as bytes; empty for what the format cannot hold, such as a path that is no text."""
    try:
        return _encoder.encode(summary)
    except (msgspec.MsgspecError, OverflowError, UnicodeError):
        return b""


def decode_summary(data: bytes) -> FileSummary:
    """Return the summary that was encoded."""
    return _summary.decode(data)
