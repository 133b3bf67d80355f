"""Models that SQLAlchemy refuses: it does so in the series that are named, and the index reads them all the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache

import pytest
from tests.oracle.raising import ROWS, Row

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.text import decode_source

TRY = """
import json, sys, warnings
warnings.simplefilter("ignore")
import sqlalchemy
from sqlalchemy.orm import clear_mappers
said = []
for code in json.load(sys.stdin):
    clear_mappers()
    try:
        exec(compile(code, "<row>", "exec"), {"__name__": "row"})
    except Exception as error:
        said.append(f"{type(error).__name__}: {error}")
    else:
        said.append(None)
print(json.dumps([sqlalchemy.__version__, said]))
"""


@lru_cache(maxsize=1)
def runtime() -> tuple[str, dict[str, str | None]]:
    """Return the series, and by row what it says; None where it takes the model."""
    python = os.environ.get("ORMLINT_ORACLE_PYTHON", sys.executable)
    codes = json.dumps([head + row.code for row, head in ROWS])
    done = subprocess.run([python, "-c", TRY], input=codes, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    version, said = json.loads(done.stdout)
    return version[:3], {row.name: text for (row, _), text in zip(ROWS, said, strict=True)}


@pytest.mark.parametrize(("row", "head"), ROWS, ids=[row.name for row, _ in ROWS])
def test_sqlalchemy_refuses_it(row: Row, head: str) -> None:
    series, said = runtime()
    if series == "1.4" and "DeclarativeBase" in head:
        pytest.skip("SQLAlchemy 1.4 has no such form")
    wanted, real = row.says.get(series), said[row.name]
    assert (real is None) if wanted is None else (real is not None and wanted in real), real


@pytest.mark.parametrize(("row", "head"), ROWS, ids=[row.name for row, _ in ROWS])
def test_the_index_reads_it(row: Row, head: str) -> None:
    source = decode_source((head + row.code).encode())
    index = analyse({"row.py": source}, Statistics(), interpret=False).index
    names = {mapped.name: mapped for mapped in index.mapped.values()}
    assert set(row.known) <= names["A"].attributes.keys()
    assert names["A"].open_reason is None
    assert names["Good"].open_reason is None
