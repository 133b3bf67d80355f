"""The editor's part of the measurements: how long a server takes from a keystroke to its findings."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO


class Server:
    """`ormlint server` on a folder, spoken to as an editor that is told of findings by the server does."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "ormlint", "server"]
        self.process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        self.into: BinaryIO = self.process.stdin  # type: ignore[assignment]
        self.out: BinaryIO = self.process.stdout  # type: ignore[assignment]
        self.root = root
        self.asked = 0

    def send(self, method: str, params: Any, asked: int | None = None) -> None:
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if asked is not None:
            message["id"] = asked
        self._write(message)

    def ask(self, method: str, params: Any) -> Any:
        """Ask, and return the answer; what the server asks meanwhile is answered with nothing."""
        self.asked += 1
        self.send(method, params, self.asked)
        while True:
            message = self.read()
            if message.get("id") == self.asked and "method" not in message:
                return message.get("result")

    def findings(self, uri: str, version: int) -> list[Any]:
        """Wait for the findings of a version of a document."""
        while True:
            message = self.read()
            params = message.get("params") or {}
            if message.get("method") == "textDocument/publishDiagnostics" and params.get("uri") == uri:
                if params.get("version", version) == version:
                    return list(params["diagnostics"])

    def read(self) -> dict[str, Any]:
        length = 0
        while (line := self.out.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise EOFError("the server ended")
        message: dict[str, Any] = json.loads(self.out.read(length))
        if "id" in message and "method" in message:
            items = (message.get("params") or {}).get("items", [])
            is_settings = message["method"] == "workspace/configuration"
            self._write(
                {"jsonrpc": "2.0", "id": message["id"], "result": [None for _ in items] if is_settings else None}
            )
        return message

    def _write(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self.into.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self.into.flush()

    def processor_time(self) -> float:
        """Return the seconds of CPU used so far, where the system tells."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Return the MiB of the process, where the system tells."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
        except OSError:
            return 0.0
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def keystrokes(
    root: Path, file: Path, environment: dict[str, str], times: int = 15
) -> tuple[float, float, float, float]:
    """Type into a function of a file, letter by letter, waiting for the findings each time.

    Returns:
        Seconds until the first findings; the median seconds of a keystroke, by the clock and of CPU; MiB at the end.
    """
    server = Server(root, environment)
    uri, text = file.as_uri(), file.read_text(encoding="utf-8")
    started = time.perf_counter()
    capabilities = {
        "textDocument": {"publishDiagnostics": {"versionSupport": True}},
        "workspace": {"configuration": True},
    }
    folders = [{"uri": root.as_uri(), "name": root.name}]
    server.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": capabilities,
                              "workspaceFolders": folders})  # fmt: skip
    server.send("initialized", {})
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    server.send("textDocument/didOpen", {"textDocument": document})
    server.findings(uri, 1)
    first = time.perf_counter() - started
    row, indent = _a_line_of_a_body(text)
    walls: list[float] = []
    cpus: list[float] = []
    for version in range(2, times + 2):
        at = {"line": row, "character": indent}
        typed = {"range": {"start": at, "end": at}, "text": "x = 1\n" + " " * indent if version == 2 else "y"}
        before, began = server.processor_time(), time.perf_counter()
        changed = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [typed]}
        server.send("textDocument/didChange", changed)
        server.findings(uri, version)
        walls.append(time.perf_counter() - began)
        cpus.append(server.processor_time() - before)
    used = server.memory()
    server.ask("shutdown", None)
    server.send("exit", None)
    server.process.wait(30)
    return first, statistics.median(walls), statistics.median(cpus), used


def _a_line_of_a_body(text: str) -> tuple[int, int]:
    """Return a line with a statement of a function's body, and its indentation."""
    lines = text.split("\n")
    for row, line in enumerate(lines):
        if line.strip().startswith("return ") and row > len(lines) // 2:
            return row, len(line) - len(line.lstrip())
    return 0, 0
