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
    callers: dict[int, frozenset[str]] = {}  # by the numbers of questions about callers, what the answers rest on
    lasting: int = 0  # how many of `reads` there were when they were last cleared of those nobody reads


class KeptChanges(msgspec.Struct, array_like=True):
    """What is kept otherwise than in an earlier `Kept`: it is written after small edits, in place of all of it."""

    files: dict[str, FileState]
    removed: tuple[str, ...]
    reads: list[str]  # those beyond the earlier ones
    digests: dict[int, bytes]
    answers: dict[int, bytes]
    rounds: list[tuple[dict[int, bytes], dict[int, bytes]]]  # digests, answers
    linked: tuple[str, ...]
    deciding: tuple[str, ...]
    schema: Unit | None
    callers: dict[int, frozenset[str]]


NOTHING_KEPT = Kept({}, [], [], (), (), Unit(()))


@dataclass
class Changes:
    """What was done and why, for statistics and tests: paths in order."""

    interpreted: list[str] = field(default_factory=list)  # bodies followed anew
    asked: list[str] = field(default_factory=list)  # rules asked anew about classes or bodies


_encoder = msgspec.msgpack.Encoder()
_kept = msgspec.msgpack.Decoder(Kept)
_changes = msgspec.msgpack.Decoder(KeptChanges)
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


def encode_changes(before: Kept, now: Kept) -> bytes | None:
    """Return what is kept otherwise than `before` as bytes; None when that is no small part, or cannot be told."""
    count = len(before.reads)
    if now.reads[:count] != before.reads or now.lasting != before.lasting or len(now.rounds) != len(before.rounds):
        return None
    if any(old.known != new.known for old, new in zip(before.rounds, now.rounds, strict=True)):
        return None
    files = {path: state for path, state in now.files.items() if before.files.get(path) is not state}
    if len(files) > 20 and len(files) > len(now.files) // 10:
        return None
    changes = KeptChanges(
        files,
        tuple(path for path in before.files if path not in now.files),
        now.reads[count:],
        {number: new for number, new in enumerate(now.digests) if number >= count or before.digests[number] != new},
        _other(before.answers, now.answers),
        [
            (_other(old.digests, new.digests), _other(old.answers, new.answers))
            for old, new in zip(before.rounds, now.rounds, strict=True)
        ],
        now.linked,
        now.deciding,
        now.schema if now.schema is not before.schema else None,
        now.callers,
    )
    try:
        return _encoder.encode(changes)
    except (msgspec.MsgspecError, OverflowError, UnicodeError):
        return None


def _other(before: dict[int, bytes], now: dict[int, bytes]) -> dict[int, bytes]:
    return {number: found for number, found in now.items() if before.get(number) != found}


def with_changes(before: Kept, data: bytes) -> Kept | None:
    """Return what is kept by `before` and by the bytes of `encode_changes`; None for bytes that are none."""
    try:
        changes = _changes.decode(data)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    files = {path: state for path, state in before.files.items() if path not in changes.removed}
    files.update(changes.files)
    reads = [*before.reads, *changes.reads]
    digests = [*before.digests, *(b"" for _ in changes.reads)]
    if len(changes.rounds) != len(before.rounds) or any(number >= len(digests) for number in changes.digests):
        return None
    for number, found in changes.digests.items():
        digests[number] = found
    rounds = tuple(
        KeptRound(old.known, {**old.digests, **digests_of}, {**old.answers, **answers_of})
        for old, (digests_of, answers_of) in zip(before.rounds, changes.rounds, strict=True)
    )
    return Kept(
        dict(sorted(files.items())),
        reads,
        digests,
        changes.linked,
        changes.deciding,
        changes.schema if changes.schema is not None else before.schema,
        rounds,
        {**before.answers, **changes.answers},
        changes.callers,
        before.lasting,
    )


def encode_summary(summary: FileSummary) -> bytes:
    """Return a summary as bytes; empty for what the format cannot hold, such as a path that is no text."""
    try:
        return _encoder.encode(summary)
    except (msgspec.MsgspecError, OverflowError, UnicodeError):
        return b""


def decode_summary(data: bytes) -> FileSummary:
    """Return the summary that was encoded."""
    return _summary.decode(data)
