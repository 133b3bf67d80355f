"""Reading in several processes: the same facts under each way to start them; one that dies is reported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ormlint.checker import reading
from ormlint.checker.errors import WorkerDied
from ormlint.checker.reading import POOL_FILES, read_facts
from ormlint.checker.result import Statistics
from ormlint.facts.codec import encode_facts
from ormlint.text import SourceText

_SCRIPT = """
import multiprocessing, sys
from ormlint.checker.reading import POOL_FILES, read_facts
from ormlint.checker.result import Statistics
from ormlint.facts.codec import encode_facts
from ormlint.text import SourceText

def main():
    multiprocessing.set_start_method(sys.argv[1])
    sources = {f"{n:03}.py": SourceText(b"class A(B):\\n    x = %d\\n" % n) for n in range(POOL_FILES)}
    one, two = (read_facts(sources, Statistics(), jobs=jobs) for jobs in (1, 2))
    assert list(one) == list(two) == list(sources)
    assert all(encode_facts(one[path]) == encode_facts(two[path]) for path in sources)
    print("same")

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_start_methods(tmp_path: Path, method: str) -> None:
    if method != "spawn" and sys.platform == "win32":
        pytest.skip("only spawn is there")
    script = tmp_path / "script.py"
    script.write_text(_SCRIPT)
    done = subprocess.run([sys.executable, str(script), method], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("same\n", "")


def die(texts: list[bytes]) -> object:
    os._exit(3)


@pytest.mark.skipif(sys.platform == "win32", reason="the worker has to inherit the change")
def test_a_worker_that_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "lower_texts", die)
    sources = {f"{number}.py": SourceText(b"x = 1\n") for number in range(POOL_FILES)}
    with pytest.raises(WorkerDied, match="--jobs 1"):
        read_facts(sources, Statistics(), jobs=2)


@pytest.mark.skipif(sys.platform == "win32", reason="the worker has to inherit the change")
def test_what_cannot_be_sent_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {f"{number}.py": SourceText(b"x = %d\n" % number) for number in range(POOL_FILES)}
    expected = [encode_facts(facts) for facts in read_facts(sources, Statistics()).values()]
    monkeypatch.setattr(reading, "encode_facts", lambda facts: None)
    assert [encode_facts(facts) for facts in read_facts(sources, Statistics(), jobs=2).values()] == expected
