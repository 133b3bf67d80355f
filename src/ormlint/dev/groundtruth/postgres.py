"""A PostgreSQL server of our own, started from the binaries that a package manager installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDERS = ("/usr/lib/postgresql", "/usr/local/lib/postgresql", "/opt/homebrew/opt")
_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=", "max_connections=20")


def find_binaries() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`; the newest version's, None where there is none."""
    found = [path.parent for folder in _FOLDERS for path in Path(folder).glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).resolve().parent)
    return max(
        found, key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()], default=None
    )


class Server:
    """A running server; it listens on a socket in a folder of its own and nowhere else."""

    def __init__(self, binaries: Path, folder: Path, account: str | None) -> None:
        self.binaries = binaries
        self.folder = folder
        self.account = account

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        command = [str(self.binaries / program), *arguments]
        subprocess.run(command, check=True, capture_output=True, text=True, user=self.account, cwd=self.folder)

    def create(self, name: str) -> str:
        """Make an empty database, and return its URL for psycopg2."""
        self.run("dropdb", "--host", str(self.folder), "--username", "postgres", "--if-exists", name)
        self.run("createdb", "--host", str(self.folder), "--username", "postgres", "--encoding", "UTF8", name)
        return f"postgresql+psycopg2://postgres@/{name}?host={self.folder}"


@contextmanager
def server() -> Iterator[Server]:
    """Start a server in a temporary folder, and stop it.

    Raises:
        FileNotFoundError: PostgreSQL is not installed.
    """
    binaries = find_binaries()
    if binaries is None:
        raise FileNotFoundError(f"no PostgreSQL below {', '.join(_FOLDERS)}: install it (Debian: postgresql)")
    # The server refuses to run as root: the account that came with its package runs it then.
    account = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="ormlint-pg-", dir="/tmp"))  # a socket's path has to be short
    try:
        if account is not None:
            shutil.chown(folder, account)
        folder.chmod(0o755)
        one = Server(binaries, folder, account)
        data = str(folder / "data")
        one.run("initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--no-sync", "-E", "UTF8")
        options = " ".join(f"-c {option}" for option in (*_OPTIONS, f"unix_socket_directories={folder}"))
        one.run("pg_ctl", "--pgdata", data, "--log", str(folder / "log"), "--wait", "--options", options, "start")
        try:
            yield one
        finally:
            one.run("pg_ctl", "--pgdata", data, "--wait", "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
