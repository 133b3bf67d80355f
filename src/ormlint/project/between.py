"""What a run leaves in the cache for the next one after a change: written whole, or what is another now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ormlint.checker.kept import Kept, decode_kept, encode_changes, encode_kept, with_changes
from ormlint.project.cache import Cache
from ormlint.project.environment import SitePackages
from ormlint.project.remembered import pack_state, state_key, unpack_state
from ormlint.settings import Settings

# Changes that take more than this part of the whole are written as a whole.
_PART = 8


class Between:
    """The state of a project between two runs with the same settings."""

    def __init__(
        self,
        cache: Cache,
        root: Path,
        documents: Mapping[str, str],
        settings: Settings,
        environment: SitePackages | None,
    ) -> None:
        self.cache = cache
        self.environment = environment
        self.key = state_key(root, documents, settings, environment)
        self._whole: Kept | None = None  # as it is written
        self._size = 0

    def load(self) -> Kept | None:
        """Return what the last run kept, or None."""
        whole, changes = self.cache.state(self.key), self.cache.changes(self.key)
        data = unpack_state(whole, self.environment) if whole is not None else None
        self._whole = decode_kept(data) if data is not None else None
        if data is None or self._whole is None:
            return None
        self._size = len(data)
        if changes is None:
            return self._whole
        data = unpack_state(changes, self.environment)
        return with_changes(self._whole, data) if data is not None else None

    def keep(self, kept: Kept, digests: Iterable[bytes]) -> None:
        """Keep what a run found; `digests` are those of the project's texts, whose facts it goes on with."""
        changes = encode_changes(self._whole, kept) if self._whole is not None else None
        if changes is not None and len(changes) * _PART < self._size:
            self.cache.keep_changes(self.key, pack_state(changes, self.environment))
            self.cache.use_facts(digests)
            return
        encoded = encode_kept(kept)
        if encoded is not None:
            self.cache.keep_state(self.key, pack_state(encoded, self.environment))
