"""`ormlint server`: the language server, on standard input and output."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--stdio", action="store_true", help="talk on standard input and output (the default)")


def run(options: argparse.Namespace) -> int:
    """Serve until the client ends it."""
    try:
        from ormlint.lsp.server import build_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        print("ormlint: the server needs pygls: pip install 'ormlint[lsp]'", file=sys.stderr)
        return 2
    import logging

    # Editors show what is written here to people: that a client cancels what was answered meanwhile is no news.
    chatter = logging.getLogger("pygls.protocol.json_rpc")
    chatter.addFilter(lambda record: not record.getMessage().startswith("Cancel notification for unknown message"))
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what anything prints must not stand between messages
    build_server().start_io(stdin, stdout)
    return 0
