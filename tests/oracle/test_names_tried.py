"""A rule speaks of a name exactly where SQLAlchemy does not take it: each statement is run, and checked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache

import pytest
from tests.oracle.names import HEAD, ROWS, Row

from ormlint.checker.engine import check_project
from ormlint.project.options import settings_from_table
from ormlint.text import decode_source

# A name is taken where the statement does not raise, its SQL does not say "never", and a value that it gives is written.
RUN = """
import json, sys, warnings
warnings.simplefilter("ignore")
import sqlalchemy
head, codes = json.load(sys.stdin)
taken = []
for code in codes:
    names = {"__name__": "row"}
    exec(compile(head, "<head>", "exec"), names)
    session = names["s"]
    try:
        is_expression = not any(mark in code for mark in (" = ",))
        result = eval(code, names) if is_expression else exec(code, names)
        session.commit()
    except Exception as error:
        taken.append(False)
        continue
    if "filter_by" in code:
        taken.append("0 = 1" not in str(result))
    elif not is_expression or any(word in code for word in ("insert", "update")):
        rows = session.execute(sqlalchemy.text("SELECT * FROM a")).fetchall()
        taken.append(any(value in ("x", 7) for row in rows for value in row))
    else:
        taken.append(True)
print(json.dumps([sqlalchemy.__version__[:3], taken]))
"""


@lru_cache(maxsize=1)
def runtime() -> tuple[str, dict[str, bool]]:
    """Return the series, and by statement whether its name was taken."""
    python = os.environ.get("ORMLINT_ORACLE_PYTHON", sys.executable)
    given = json.dumps([HEAD, [row.code for row in ROWS]])
    done = subprocess.run([python, "-c", RUN], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    series, taken = json.loads(done.stdout)
    return series, {row.code: item for row, item in zip(ROWS, taken, strict=True)}


@pytest.mark.parametrize("row", ROWS, ids=[row.code for row in ROWS])
def test_sqlalchemy_does_so(row: Row) -> None:
    series, taken = runtime()
    assert taken[row.code] is row.outcome(series)


@pytest.mark.parametrize("row", ROWS, ids=[row.code for row in ROWS])
def test_a_rule_says_so(row: Row) -> None:
    series, taken = runtime()
    kept = "query = " if "filter_by" in row.code else ""  # a query that is thrown away is spoken of as such
    source = decode_source(f"{HEAD}{kept}{row.code}\n".encode())
    table = {"select": ["ORM2"], "preview": True, "target-sqlalchemy": series}
    result = check_project({"row.py": source}, settings_from_table(table, "test"))
    assert not [item for item in result.diagnostics if item.start.row < HEAD.count("\n") + 1]
    spoken = [f"{item.code}: {item.message}" for item in result.diagnostics]
    assert bool(spoken) is not (taken[row.code] or row.missed), spoken
