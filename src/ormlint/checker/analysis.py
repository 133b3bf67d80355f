"""From files to the semantic model: lower each file, link once, interpret every body."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ormlint.checker.reading import RECURSION_LIMIT, FactsStore, read_facts
from ormlint.checker.result import Progress, Statistics
from ormlint.facts.module import ModuleFacts
from ormlint.index.installed import Environment, InstalledModules
from ormlint.index.project import ProjectIndex, link
from ormlint.semantic.model import SemanticModel
from ormlint.syntax import lower_parsed, parse_module
from ormlint.text import SourceError, SourceText


@dataclass
class Analysis:
    """A project read as one program."""

    sources: dict[str, SourceText]
    facts: dict[str, ModuleFacts]
    index: ProjectIndex
    model: SemanticModel
    failures: dict[str, Exception]  # by path: why the functions of a file could not all be followed


def analyse(
    files: Mapping[str, SourceText | SourceError],
    statistics: Statistics,
    progress: Progress | None = None,
    *,
    interpret: bool = True,
    environment: Environment | None = None,
    documents: Mapping[str, str] | None = None,
    store: FactsStore | None = None,
    jobs: int = 1,
) -> Analysis:
    """Read all files; those that could not be decoded are left out. Without `interpret` bodies are not followed.

    `environment` is where the project's packages are installed: bases of models are read there.
    `documents` are its files besides Python that say where migrations are (path → text). `store` remembers facts
    between runs; `jobs` is how many processes may read files.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    sources = {path: source for path, source in sorted(files.items()) if isinstance(source, SourceText)}
    statistics.bytes = sum(len(source.data) for source in sources.values())
    facts = read_facts(sources, statistics, progress, store, jobs)
    clock = _Clock(statistics)
    statistics.files = len(files)
    installed = InstalledModules(environment, _reader(environment)) if environment is not None else None
    index = link({path: fact.interface for path, fact in facts.items()}, lambda path: facts[path].bodies, installed)
    index.documents = dict(documents or {})
    statistics.models = len(index.mapped)
    clock.lap("link")
    model = SemanticModel(index)
    failures: dict[str, Exception] = {}
    if interpret:
        for count, module in enumerate(index.modules.values(), 1):
            try:
                model.interpret(module)
            except Exception as error:  # a fault of ormlint's own: it costs this file, and is reported there
                if os.environ.get("ORMLINT_TRACEBACK"):
                    raise
                failures[module.path] = error
            if progress is not None:
                progress("checking", count, len(index.modules))
        model.infer_parameters()
    statistics.given_up = dict(model.given_up)
    clock.lap("check")
    return Analysis(sources, facts, index, model, failures)


def _reader(environment: Environment) -> Callable[[str], ModuleFacts | None]:
    def read(path: str) -> ModuleFacts | None:
        source = environment.read(path)
        return lower_parsed(parse_module(source)) if isinstance(source, SourceText) else None

    return read


class _Clock:
    """CPU seconds since the last lap, added to the statistics."""

    def __init__(self, statistics: Statistics) -> None:
        self.statistics = statistics
        self.last = time.process_time()

    def lap(self, phase: str) -> None:
        now = time.process_time()
        seconds = self.statistics.seconds
        seconds[phase] = seconds.get(phase, 0.0) + now - self.last
        self.last = now
