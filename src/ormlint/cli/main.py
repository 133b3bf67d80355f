"""The entry point: arguments to a sub-command, and what went wrong to a line and an exit code."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ormlint._version import __version__

# Sub-command → its one-line help. Each is a module of this package with `add_arguments` and `run`.
COMMANDS = {
    "check": "check a project, and fix what can be fixed",
    "init": "write a configuration from what is found in a project",
    "config": "show every option with its value and where it comes from",
    "baseline": "write down the findings of today, for `check` to report only new ones",
    "rule": "explain a rule",
    "model": "show what is known of the mapped classes",
    "schema": "show the tables of the mapped classes",
    "revision": "write an Alembic revision for the drift between models and migrations",
    "graph": "draw the mapped classes, or the revisions",
    "clean": "remove the cache",
    "server": "serve an editor",
}
CLEAN, FINDINGS, FAILED = 0, 1, 2
EXIT_CODES = "Exit codes: 0, nothing found; 1, findings; 2, wrong usage, or an error in ormlint itself."


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 clean, 1 findings, 2 usage or internal error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in (["--version"], ["-V"]):
        print(f"ormlint {__version__}")
        return CLEAN
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        code = _dispatch(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # here a broken pipe can still be answered, at exit it could not
        return code
    except SystemExit as stop:  # argparse's own errors and --help
        return stop.code if isinstance(stop.code, int) else FAILED
    except KeyboardInterrupt:
        print("ormlint: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has enough; Python must not complain about it at exit.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except Exception as error:
        if os.environ.get("ORMLINT_TRACEBACK"):
            import traceback

            traceback.print_exc()
            return FAILED
        print(
            f"ormlint: internal error: {type(error).__name__}: {error}\n"
            "This is a fault of ormlint. Please report it, with what ORMLINT_TRACEBACK=1 prints.",
            file=sys.stderr,
        )
        return FAILED


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all errors of the user's are."""

    def error(self, message: str) -> NoReturn:
        self.exit(FAILED, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def _dispatch(arguments: list[str]) -> int:
    parser = _Parser(
        prog="ormlint",
        description="A static linter for SQLAlchemy: models, the services that use them, and their migrations.",
        epilog=EXIT_CODES,
        allow_abbrev=False,  # a word that works must go on meaning the same when options are added
    )
    parser.add_argument("-V", "--version", action="version", version=f"ormlint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in arguments if not word.startswith("-")), None)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=EXIT_CODES if name == "check" else None,
            allow_abbrev=False,
        )
        if name == wanted:  # the others' arguments need not be built, nor their modules imported
            importlib.import_module(f"ormlint.cli.{name}").add_arguments(command)
    options = parser.parse_args(arguments)
    return int(importlib.import_module(f"ormlint.cli.{options.command}").run(options))
