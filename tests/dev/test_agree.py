"""The comparison with a type checker: a stand-in for it answers, and the verdicts are counted."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from ormlint.dev import agree

CHECKER = '''#!{python}
"""Answers every `reveal_type(name)` with a type given by the name's spelling."""
import json, re, sys
from pathlib import Path

root = Path(sys.argv[sys.argv.index("--project") + 1])
kinds = {{"video": "Video", "maybe": "Video | None", "other": "str", "unseen": "Unknown", "free": "Video"}}
found = []
for path in sorted(root.rglob("*.py")):
    for row, line in enumerate(path.read_text().splitlines()):
        for match in re.finditer(r"reveal_type\\((\\w+)\\)", line):
            kind = kinds.get(match[1])
            if kind:
                start, end = ({{"line": row, "character": match.span(1)[edge]}} for edge in (0, 1))
                message = f'Type of "{{match[1]}}" is "{{kind}}"'
                found.append({{"file": str(path), "message": message, "range": {{"start": start, "end": end}}}})
print(json.dumps({{"generalDiagnostics": found}}))
'''

SERVICE = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Video(Base):
    __tablename__ = "videos"
    id = Column(Integer, primary_key=True)


def work(session, free):
    video = Video()
    maybe = session.query(Video).first()
    other = unseen = Video()
    print("é", video.id, maybe.id, other.id, unseen.id, free.id)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a first line")
def test_verdicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checker = tmp_path / "checker"
    checker.write_text(CHECKER.format(python=sys.executable))
    checker.chmod(0o755)
    project = tmp_path / "project"
    project.mkdir()
    (project / "service.py").write_text(SERVICE, encoding="utf-8")
    parser = argparse.ArgumentParser()
    agree.add_arguments(parser)
    assert agree.run(parser.parse_args([str(project), "--pyright", str(checker)])) == 0
    out = capsys.readouterr().out
    assert "| the same | 2 |" in out
    assert "| other | 1 |" in out
    assert "| not known | 1 |" in out
    assert "service.py:17 other: Video, and str" in out
    assert "not known to ormlint of these: 1\n1 Unknown(parameter `…` has no annotation)" in out
    assert (project / "service.py").read_text(encoding="utf-8") == SERVICE
