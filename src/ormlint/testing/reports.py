"""Reads reports back: the findings that a text in each output format tells of, for tests that compare faces."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

# A finding, as every face can tell it: file, row from 1, code.
Finding = tuple[str, int, str]


def rows(pattern: str, text: str) -> Iterator[Finding]:
    """Yield what a pattern with the groups `file`, `row` and `code` finds."""
    for match in re.finditer(pattern, text, re.MULTILINE):
        yield match["file"], int(match["row"]), match["code"]


def _grouped(text: str) -> Iterator[Finding]:
    file = ""
    for line in text.splitlines():
        if match := re.match(r"(\S+\.py):$", line):
            file = match[1]
        elif match := re.match(r"\s+(\d+):\d+\s.*?(ORM\d{3})", line):
            yield file, int(match[1]), match[2]


def _full(text: str) -> Iterator[Finding]:
    code = ""
    for line in text.splitlines():
        if match := re.match(r"(ORM\d{3}) ", line):
            code = match[1]
        elif match := re.match(r"\s*--> (\S+\.py):(\d+):\d+$", line):
            yield match[1], int(match[2]), code


def _sarif(text: str) -> Iterator[Finding]:
    for result in json.loads(text)["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        yield place["artifactLocation"]["uri"], place["region"]["startLine"], result["ruleId"]


def _gitlab(text: str) -> Iterator[Finding]:
    for item in json.loads(text):
        place = item["location"]
        row = place["positions"]["begin"]["line"] if "positions" in place else place["lines"]["begin"]
        yield place["path"], row, re.search(r"ORM\d{3}", json.dumps(item))[0]  # type: ignore[index]


def _junit(text: str) -> Iterator[Finding]:
    for case in ElementTree.fromstring(text).iter("testcase"):
        for failure in case.iter("failure"):
            code = re.search(r"ORM\d{3}", f"{case.get('name')} {failure.get('type')} {failure.get('message')}")
            assert code is not None
            yield str(case.get("file")), int(str(case.get("line"))), code[0]


def _rdjson(text: str) -> Iterator[Finding]:
    for item in json.loads(text)["diagnostics"]:
        yield item["location"]["path"], item["location"]["range"]["start"]["line"], item["code"]["value"]


def _checkstyle(text: str) -> Iterator[Finding]:
    for file in ElementTree.fromstring(text).iter("file"):
        for error in file.iter("error"):
            code = re.search(r"ORM\d{3}", f"{error.get('source')} {error.get('message')}")
            assert code is not None
            yield str(file.get("name")), int(str(error.get("line"))), code[0]


def _json(text: str) -> Iterator[Finding]:
    for item in json.loads(text):
        yield item["filename"], item["location"]["row"], item["code"]


def _json_lines(text: str) -> Iterator[Finding]:
    for line in text.splitlines():
        item = json.loads(line)
        yield item["filename"], item["location"]["row"], item["code"]


READERS: dict[str, Callable[[str], Iterator[Finding]]] = {
    "json": _json,
    "full": _full,
    "concise": lambda text: rows(r"^(?P<file>\S+\.py):(?P<row>\d+):\d+: (?P<code>ORM\d{3})", text),
    "grouped": _grouped,
    "json-lines": _json_lines,
    "github": lambda text: rows(r"^::\w+ .*?file=(?P<file>[^,]+),line=(?P<row>\d+),.*?(?P<code>ORM\d{3})", text),
    "sarif": _sarif,
    "gitlab": _gitlab,
    "junit": _junit,
    "rdjson": _rdjson,
    "checkstyle": _checkstyle,
    "pylint": lambda text: rows(r"^(?P<file>\S+\.py):(?P<row>\d+): \[(?P<code>ORM\d{3})", text),
}
