"""What earlier runs found, in one SQLite file: facts by the text they were read from, findings by all they depend on.

Everything here is an optimisation. Whatever is wrong with the file, a run goes on without it, says so once and finds
the same. Keys are digests of contents, never times; what is read is checked against a digest of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ormlint.facts.codec import EncodedFacts

FOLDER = ".ormlint_cache"
_FILE = "v2.sqlite"
_OLD_FILES = ("v1.sqlite",)
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
MAX_STATES = 4  # each holds the findings of a whole project
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
        self._db: sqlite3.Connection | None = None
        try:
            self._db = self._open()
        except (OSError, sqlite3.Error) as error:
            self._fail(error)

    # -- facts

    def interface(self, digest: bytes) -> bytes | None:
        """Return the interface of a text by its digest, or None."""
        row = self._row("SELECT day, interface FROM facts WHERE key = ?", self._key(digest))
        interface = _checked(row[1]) if row is not None else None
        if row is not None and interface is not None:
            self._use("facts", self._key(digest), row[0])
        return interface

    def bodies(self, digest: bytes) -> bytes | None:
        """Return the bodies of a text by its digest, or None."""
        row = self._row("SELECT bodies FROM facts WHERE key = ?", self._key(digest))
        return _checked(row[0]) if row is not None else None

    def keep_facts(self, found: Mapping[bytes, EncodedFacts]) -> None:
        """Remember facts, all or none of them."""
        rows = [
            (self._key(digest), self._today, _marked(interface), _marked(bodies))
            for digest, (interface, bodies) in found.items()
        ]
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", rows)

    # -- runs

    def run(self, digest: bytes) -> bytes | None:
        """Return what was kept of a run by the digest of all it depended on, or None."""
        row = self._row("SELECT day, result FROM runs WHERE key = ?", self._key(digest))
        result = _checked(row[1]) if row is not None else None
        if row is not None and result is not None:
            self._use("runs", self._key(digest), row[0])
        return result

    def keep_run(self, digest: bytes, result: bytes) -> None:
        """Remember what a run found."""
        self._write("INSERT OR REPLACE INTO runs VALUES (?, ?, ?)", [(self._key(digest), self._today, _marked(result))])

    # -- what is kept of a run for the next one

    def state(self, digest: bytes) -> bytes | None:
        """Return what was kept for later runs with the same settings, or None."""
        row = self._row("SELECT day, state FROM states WHERE key = ?", self._key(digest))
        return _checked(row[1]) if row is not None else None

    def keep_state(self, digest: bytes, state: bytes) -> None:
        """Keep something for later runs with the same settings."""
        row = (self._key(digest), self._today, _marked(state))
        self._write("INSERT OR REPLACE INTO states VALUES (?, ?, ?)", [row])

    def close(self) -> None:
        """Renew what was used, let go of what was not, and close the file."""
        self._renew()
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
        application = db.execute("PRAGMA application_id").fetchone()[0]
        if application != _APPLICATION:
            if application or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.OperationalError("it is another program's database")
            db.execute("PRAGMA auto_vacuum = INCREMENTAL")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("BEGIN IMMEDIATE")
            db.execute(
                "CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, day INTEGER, interface BLOB, bodies BLOB)"
            )
            db.execute("CREATE TABLE IF NOT EXISTS runs (key BLOB PRIMARY KEY, day INTEGER, result BLOB)")
            db.execute("CREATE TABLE IF NOT EXISTS states (key BLOB PRIMARY KEY, day INTEGER, state BLOB)")
            db.execute(f"PRAGMA application_id = {_APPLICATION}")
            db.execute("COMMIT")
        db.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last run's entries, no others

    def _key(self, digest: bytes) -> bytes:
        return hashlib.blake2b(digest, key=self.version, digest_size=20).digest()

    def _row(self, query: str, key: bytes) -> tuple[object, ...] | None:
        if self._db is None:
            return None
        try:
            row: tuple[object, ...] | None = self._db.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            self._fail(error)
            return None
        return row

    def _use(self, table: str, key: bytes, day: object) -> None:
        if day != self._today:
            self._worn.append((table, key))

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self._db is None:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(statement, rows)
            self._evict(self._db)
            self._db.execute("COMMIT")
            self._db.execute("PRAGMA incremental_vacuum").fetchall()
        except sqlite3.Error as error:
            self._fail(error)

    def _renew(self) -> None:
        worn, self._worn = self._worn, []
        for table in ("facts", "runs"):
            keys = [(self._today, key) for name, key in worn if name == table]
            if keys:
                self._write(f"UPDATE {table} SET day = ? WHERE key = ?", keys)

    def _evict(self, db: sqlite3.Connection) -> None:
        for table in ("facts", "runs"):
            worn = [(key,) for name, key in self._worn if name == table]
            self._worn = [item for item in self._worn if item[0] != table]
            db.executemany(f"UPDATE {table} SET day = {self._today} WHERE key = ?", worn)
            db.execute(f"DELETE FROM {table} WHERE day < ? OR day > ?", (self._today - KEEP_DAYS, self._today + 1))
        db.execute(
            "DELETE FROM runs WHERE rowid NOT IN (SELECT rowid FROM runs ORDER BY rowid DESC LIMIT ?)", (MAX_RUNS,)
        )
        db.execute("DELETE FROM states WHERE day < ? OR day > ?", (self._today - KEEP_DAYS, self._today + 1))
        db.execute(
            "DELETE FROM states WHERE rowid NOT IN (SELECT rowid FROM states ORDER BY rowid DESC LIMIT ?)",
            (MAX_STATES,),
        )
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


def _remove(folder: Path, files: Sequence[str] = (_FILE, *_OLD_FILES)) -> None:
    for name in files:
        for suffix in ("", "-wal", "-shm", "-journal"):
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def _marked(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_CHECK_BYTES).digest() + data


def _checked(blob: object) -> bytes | None:
    """Return the data of a blob; None when it is not what was written."""
    if not isinstance(blob, bytes):
        return None
    data = blob[_CHECK_BYTES:]
    return data if hashlib.blake2b(data, digest_size=_CHECK_BYTES).digest() == blob[:_CHECK_BYTES] else None
