"""The plugin for flake8: the findings of `ormlint check`, under flake8's own selection and `noqa`.

A finding may hang on every file of the project, and flake8 asks file by file, in several processes. So the project
is checked once, in the process that reads the options; workers that do not inherit its memory read the findings from
a file that lives as long as that process.
"""

from __future__ import annotations

import atexit
import gc
import json
import multiprocessing
import os
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from ormlint._version import __version__

_HANDOFF = "ORMLINT_FLAKE8_FINDINGS"  # the file's path, for workers
_STDIN = "-"

Findings = dict[str, list[tuple[int, int, str]]]  # by real path: row from 1, column from 0, text


class Plugin:
    """One file, as flake8 asks. `tree` says that each file is to be asked about once."""

    name = "ormlint"
    version = __version__
    _findings: ClassVar[Findings] = {}

    def __init__(self, tree: object, filename: str) -> None:
        self.filename = filename

    @classmethod
    def add_options(cls, parser: Any) -> None:
        """Declare the options: those of the project are in ormlint's own configuration."""
        parser.add_option(
            "--ormlint-config",
            default=None,
            parse_from_config=True,
            normalize_paths=True,
            help="ormlint's configuration file, in place of the one it finds",
        )

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Check the project, or read what the parent process found.

        Raises:
            flake8.exceptions.ExecutionError: the project cannot be read.
        """
        handed = os.environ.get(_HANDOFF)
        if multiprocessing.parent_process() is not None and handed and Path(handed).is_file():
            found = json.loads(Path(handed).read_text(encoding="utf-8"))
            cls._findings = {
                path: [(row, column, text) for row, column, text in items] for path, items in found.items()
            }
            return
        cls._findings = _check(options)
        cls._hand_off()

    @classmethod
    def _hand_off(cls) -> None:
        descriptor, name = tempfile.mkstemp(prefix="ormlint-flake8-", suffix=".json")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(cls._findings, file)
        os.environ[_HANDOFF] = name
        atexit.register(_remove, name, os.getpid())

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """Yield the findings of the file."""
        for row, column, text in self._findings.get(_key(self.filename), ()):
            yield row, column, text, type(self)


def _remove(name: str, owner: int) -> None:
    if os.getpid() == owner:  # a forked worker ends too, and the others still read
        Path(name).unlink(missing_ok=True)


def _key(filename: str) -> str:
    return os.path.realpath(filename)


def _check(options: Namespace) -> Findings:
    from flake8.exceptions import ExecutionError

    from ormlint.project.discovery import DiscoveryError
    from ormlint.project.options import ConfigError
    from ormlint.project.runner import Request, UsageError, load_run
    from ormlint.settings.selectors import SelectorError

    given = [str(name) for name in options.filenames or ()]
    request = Request(
        # flake8 itself reports what does not exist.
        paths=[name for name in given if name != _STDIN and Path(name).exists()],
        config=options.ormlint_config,
        overrides={"cli_noqa": False},
    )
    if _STDIN in given:
        request.paths = []
        request.stdin = _stdin()
        request.stdin_filename = str(options.stdin_display_name)
    collecting = gc.isenabled()
    gc.disable()
    try:
        loaded = load_run(request)
        diagnostics = loaded.check().diagnostics
    except (UsageError, ConfigError, DiscoveryError, SelectorError) as error:
        raise ExecutionError(f"ormlint: {error}") from error
    finally:
        if collecting:
            gc.enable()
    found: Findings = {}
    for item in diagnostics:
        text = f"{item.code} [{item.name}] {' '.join(item.message.split())}"
        path = _key(str(loaded.project.root / item.path))
        found.setdefault(path, []).append((item.start.row, item.start.column - 1, text))
    return found


def _stdin() -> bytes:
    from flake8.utils import stdin_get_lines

    return "".join(stdin_get_lines()).encode("utf-8")
