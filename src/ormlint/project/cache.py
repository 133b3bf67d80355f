"""What earlier runs found, in one SQLite file: facts by the text they were read from, findings by all they depend on.

Everything here is an optimisation. Whatever is wrong with the file, a run goes on without it, says so once and finds
the same. Keys are digests of contents, never times; what is read is checked against a digest of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ormlint.facts.codec import EncodedFacts

FOLDER = ".ormlint_cache"
_FILE = "v3.sqlite"
_OLD_FILES = ("v1.sqlite", "v2.sqlite")
_TAG = "CACHEDIR.TAG"
_TAG_TEXT = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This directory holds the cache of ormlint. It may be deleted at any time: `ormlint clean`.\n"
)
_APPLICATION = 0x4F524D4C  # what says that an SQLite file is ours
_CHECK_BYTES = 8

# What was not used for so many days leaves; beyond this size the longest unused leaves first.
KEEP_DAYS = 14
MAX_BYTES = 512_000_000
MAX_RUNS = 64
_TABLES = ("facts", "runs", "states", "changes")
MAX_STATES = 4  # each holds the findings of a whole project
# So much is held back until the end of a run, to be written at once.
_HELD_BYTES = 1_000_000
# So long a writer waits for another run's transaction, in seconds.
_PATIENCE = 5.0

Warn = Callable[[str], None]


class Cache:
    """An open cache. After a failure it answers nothing, and keeps nothing."""

    def __init__(self, folder: Path, version: bytes, warn: Warn) -> None:
        """Open the cache in a folder; `version` stands for all that makes the same input yield other output."""
        self.folder = folder
        self.version = version
        self._warn = warn
        self._today = int(time.time() // 86_400)
        self._worn: list[tuple[str, bytes]] = []  # table and key of entries whose day is to be renewed
        self._held: dict[str, dict[bytes, tuple[object, ...]]] = {}  # rows that are not written yet: table, key
        self._held_bytes = 0
        self._marks: dict[bytes, bytes] = {}  # by key, what states are known by that were returned
        self._is_first_today = True  # no run of today has kept a state yet
        self._db: sqlite3.Connection | None = None
        try:
            self._db = self._open()
        except (OSError, sqlite3.Error) as error:
            self._fail(error)

    # -- facts

    def interface(self, digest: bytes) -> bytes | None:
        """Return the interface of a text by its digest, or None."""
        return self._answer("facts", "interface", digest, 1)

    def bodies(self, digest: bytes) -> bytes | None:
        """Return the bodies of a text by its digest, or None."""
        return self._answer("facts", "bodies", digest, 2)

    def keep_facts(self, found: Mapping[bytes, EncodedFacts]) -> None:
        """Remember facts, all or none of them."""
        for digest, (interface, bodies) in found.items():
            self._hold("facts", digest, interface, bodies)
        if self._held_bytes > _HELD_BYTES:
            self._write()

    def use_facts(self, digests: Iterable[bytes]) -> None:
        """Note that facts are still those of a project, though nobody looked at them; once a day."""
        if self._is_first_today:
            self._worn += [("facts", self._key(digest)) for digest in digests]

    # -- runs

    def run(self, digest: bytes) -> bytes | None:
        """Return what was kept of a run by the digest of all it depended on, or None."""
        return self._answer("runs", "result", digest, 1)

    def keep_run(self, digest: bytes, result: bytes) -> None:
        """Remember what a run found."""
        self._hold("runs", digest, result)

    # -- what is kept of a run for the next one

    def state(self, digest: bytes) -> bytes | None:
        """Return what was kept for later runs with the same settings, or None."""
        row = self._row("states", "day, state", self._key(digest))
        state = _checked(row[1]) if row is not None else None
        if row is None or state is None:
            return None
        self._is_first_today = row[0] != self._today
        self._marks[self._key(digest)] = _mark(state)
        return state

    def keep_state(self, digest: bytes, state: bytes) -> None:
        """Keep something for later runs with the same settings."""
        self._hold("states", digest, state)

    def changes(self, digest: bytes) -> bytes | None:
        """Return in what the state that was returned is another one by now; None when in nothing."""
        row = self._row("changes", "state, changes", self._key(digest))
        if row is None or _checked(row[0]) != self._marks.get(self._key(digest)):
            return None  # of another state
        return _checked(row[1])

    def keep_changes(self, digest: bytes, changes: bytes) -> None:
        """Keep in what the state that was returned is another one by now."""
        mark = self._marks.get(self._key(digest))
        if mark is not None:
            self._hold("changes", digest, mark, changes)
            if self._is_first_today:
                self._worn.append(("states", self._key(digest)))

    def close(self) -> None:
        """Write what was held back, renew what was used, let go of what was not, and close the file."""
        if self._held or self._worn:
            self._write()
        if self._db is not None:
            self._db.close()
            self._db = None

    # -- the file

    def _open(self) -> sqlite3.Connection:
        is_new = not (self.folder / _TAG).exists()
        if not is_new:
            _remove(self.folder, _OLD_FILES)
        if is_new:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
            (self.folder / _TAG).write_text(_TAG_TEXT, encoding="utf-8")
        try:
            return self._connect()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            if is_new:
                raise  # the folder was not ours before: nor may the file be
            self._warn(f"{self._shown(error)}; it was begun anew")
            _remove(self.folder)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.folder / _FILE, timeout=_PATIENCE, isolation_level=None)
        try:
            self._prepare(db)
        except BaseException:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        application = _application(db)
        if application != _APPLICATION:
            is_filled = application or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            # Another run may have begun it between the two questions.
            if is_filled and _application(db) != _APPLICATION:
                raise sqlite3.OperationalError("it is another program's database")
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            db.execute(
                "CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, day INTEGER, interface BLOB, bodies BLOB)"
            )
            db.execute("CREATE TABLE IF NOT EXISTS runs (key BLOB PRIMARY KEY, day INTEGER, result BLOB)")
            db.execute("CREATE TABLE IF NOT EXISTS states (key BLOB PRIMARY KEY, day INTEGER, state BLOB)")
            db.execute(
                "CREATE TABLE IF NOT EXISTS changes (key BLOB PRIMARY KEY, day INTEGER, state BLOB, changes BLOB)"
            )
            db.execute(f"PRAGMA application_id = {_APPLICATION}")
            db.execute("COMMIT")
        db.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last run's entries, no others

    def _key(self, digest: bytes) -> bytes:
        return hashlib.blake2b(digest, key=self.version, digest_size=20).digest()

    def _row(self, table: str, columns: str, key: bytes, *given: object) -> tuple[object, ...] | None:
        if self._db is None:
            return None
        try:
            query = f"SELECT {columns} FROM {table} WHERE key = ?"
            row: tuple[object, ...] | None = self._db.execute(query, (*given, key)).fetchone()
        except sqlite3.Error as error:
            self._fail(error)
            return None
        return row

    def _answer(self, table: str, column: str, digest: bytes, place: int) -> bytes | None:
        key = self._key(digest)
        held = self._held.get(table, {}).get(key)
        if held is not None:
            return _checked(held[place + 1])
        row = self._row(table, f"day, {column}", key)
        found = _checked(row[1]) if row is not None else None
        if row is not None and found is not None and row[0] != self._today:
            self._worn.append((table, key))
        return found

    def _hold(self, table: str, digest: bytes, *data: bytes) -> None:
        key = self._key(digest)
        self._held.setdefault(table, {})[key] = (key, self._today, *map(_marked, data))
        self._held_bytes += sum(map(len, data))

    def _write(self) -> None:
        """Write what was held back, all or nothing of it."""
        held, self._held, self._held_bytes = self._held, {}, 0
        worn, self._worn = self._worn, []
        if self._db is None:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                rows = list(held.get(table, {}).values())
                if rows:
                    places = ", ".join("?" * len(rows[0]))
                    self._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)
                keys = [(self._today, key) for name, key in worn if name == table]
                if keys:
                    self._db.executemany(f"UPDATE {table} SET day = ? WHERE key = ?", keys)
            self._evict(self._db, held)
            self._db.execute("COMMIT")
            self._db.execute("PRAGMA incremental_vacuum").fetchall()
        except sqlite3.Error as error:
            self._fail(error)

    def _evict(self, db: sqlite3.Connection, written: Mapping[str, object]) -> None:
        """Let go of what is old, once a day, and of what is too much."""
        if db.execute("PRAGMA user_version").fetchone()[0] != self._today:
            for table in _TABLES:
                db.execute(f"DELETE FROM {table} WHERE day < ? OR day > ?", (self._today - KEEP_DAYS, self._today + 1))
            db.execute(f"PRAGMA user_version = {self._today}")
        for table, most in (("runs", MAX_RUNS), ("states", MAX_STATES), ("changes", MAX_STATES)):
            if table in written:
                newest = f"SELECT rowid FROM {table} ORDER BY rowid DESC LIMIT ?"
                db.execute(f"DELETE FROM {table} WHERE rowid NOT IN ({newest})", (most,))
        pages, size = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
        if pages * size > MAX_BYTES:
            self._shrink(db)

    def _shrink(self, db: sqlite3.Connection) -> None:
        left = MAX_BYTES
        sizes = db.execute("SELECT rowid, length(interface) + length(bodies) FROM facts ORDER BY day DESC, rowid DESC")
        gone: list[tuple[int]] = []
        for row, size in sizes:
            left -= size
            if left < 0:
                gone.append((row,))
        db.executemany("DELETE FROM facts WHERE rowid = ?", gone)

    def _fail(self, error: Exception) -> None:
        """Give up the cache for this run; a file that cannot be read is removed, so that the next begins anew."""
        db, self._db = self._db, None
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.close()
        is_broken = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
        if is_broken and db is not None:
            with contextlib.suppress(OSError):
                _remove(self.folder)
        if "locked" not in str(error):  # another run is writing: that costs time and nothing else
            self._warn(f"{self._shown(error)}; this run goes on without it (`--no-cache` and `--cache-dir` help)")

    def _shown(self, error: Exception) -> str:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        return f"the cache {self.folder / _FILE} cannot be used: {reason}"


def remove_cache(folder: Path) -> bool:
    """Remove the cache in a folder, nothing else; tell whether there was one.

    Raises:
        OSError: a file cannot be removed.
    """
    if not (folder / _TAG).is_file() or "ormlint" not in (folder / _TAG).read_text(encoding="utf-8", errors="replace"):
        return False
    _remove(folder)
    for name in (".gitignore", _TAG):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies there
        folder.rmdir()
    return True


def _application(db: sqlite3.Connection) -> int:
    """Return the number by which a file says whose it is."""
    return int(db.execute("PRAGMA application_id").fetchone()[0])


def _remove(folder: Path, files: Sequence[str] = (_FILE, *_OLD_FILES)) -> None:
    for name in files:
        for suffix in ("", "-wal", "-shm", "-journal"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def _mark(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK_BYTES).digest()


def _marked(data: bytes) -> bytes:
    return _mark(data) + data


def _checked(blob: object) -> bytes | None:
    """Return the data of a blob; None when it is not what was written."""
    if not isinstance(blob, bytes):
        return None
    data = blob[_CHECK_BYTES:]
    return data if _mark(data) == blob[:_CHECK_BYTES] else None
