"""The edits of fixes, for outputs that carry them: made by LibCST once, and kept in the cache with the run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from ormlint.diagnostics import Diagnostic, Edit

if TYPE_CHECKING:
    from ormlint.project.cache import Cache
    from ormlint.project.runner import Run

_encoder = msgspec.msgpack.Encoder()
# For each finding with a fix, in order: its edits, or None where they cannot be made.
_decoder = msgspec.msgpack.Decoder(list[tuple[Edit, ...] | None])


def with_known_edits(run: Run, diagnostics: Sequence[Diagnostic], cache: Cache | None) -> list[Diagnostic]:
    """Return the diagnostics with the edits of their fixes; a fix that cannot be made is left out.

    LibCST is loaded only where there are fixes, and the cache does not hold what they come to in these texts.
    """
    fixable = [item for item in diagnostics if item.fix is not None and item.fix.edits is None]
    if not fixable:
        return list(diagnostics)
    key = _key(run, fixable)
    known = _known(cache, key, len(fixable))
    if known is None:
        from ormlint.checker.fixing import with_edits

        made = with_edits(run.files, fixable)
        known = [item.fix.edits if item.fix is not None else None for item in made]
        if cache is not None and run.is_from_disk:
            cache.keep_run(key, _encoder.encode(known))
    edits = iter(known)
    return [
        _with(item, next(edits)) if item.fix is not None and item.fix.edits is None else item for item in diagnostics
    ]


def _with(item: Diagnostic, edits: tuple[Edit, ...] | None) -> Diagnostic:
    assert item.fix is not None
    fix = msgspec.structs.replace(item.fix, edits=edits) if edits is not None else None
    return msgspec.structs.replace(item, fix=fix)


def _key(run: Run, fixable: Sequence[Diagnostic]) -> bytes:
    """Return the digest of the fixes and of the texts they are for."""
    digest = hashlib.blake2b(b"edits", digest_size=20)
    for item in fixable:
        source = run.files.get(item.path)
        digest.update(getattr(source, "digest", b""))
        # Not the path, which may be no text: the fix is about the file's content.
        digest.update(_encoder.encode(item.fix))
    return digest.digest()


def _known(cache: Cache | None, key: bytes, count: int) -> list[tuple[Edit, ...] | None] | None:
    data = cache.run(key) if cache is not None else None
    if data is None:
        return None
    try:
        found = _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return found if len(found) == count else None
