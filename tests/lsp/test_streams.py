"""The server's streams: nothing but messages on standard output, nothing on standard error without need."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


def message(method: str, params: Any = None, **more: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, **more}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def test_a_client_that_cancels_what_was_answered_is_no_news() -> None:
    talk = [
        message("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, id=1),
        message("initialized", {}),
        message("$/cancelRequest", {"id": 1}),
        message("shutdown", id=2),
        message("exit"),
    ]
    command = [sys.executable, "-m", "ormlint", "server"]
    done = subprocess.run(command, input=b"".join(talk), capture_output=True, timeout=60, check=False)
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.startswith(b"Content-Length: ") and done.stdout.count(b"Content-Length: ") == 2
