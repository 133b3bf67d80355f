"""Running a section of a test document: lint it and compare, or execute its claims."""

from __future__ import annotations

import ast
import re
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import tomli

from ormlint.checker.engine import check_again, check_project
from ormlint.checker.kept import decode_kept, encode_kept
from ormlint.checker.reading import FactsInMemory
from ormlint.checker.registry import load_rules
from ormlint.checker.result import CheckResult
from ormlint.diagnostics import Diagnostic
from ormlint.project.options import settings_from_table
from ormlint.settings import Settings
from ormlint.testing.fixing import check_fixes
from ormlint.testing.markdown import Expectation, RunBlock, Section
from ormlint.text import SourceError, SourceText, decode_source

_LOOSE_RAISES = re.compile(r"#\s*raises?\b\s*:")
_RAISES = re.compile(r"#\s*raises:\s*(?P<type>\w+)(?::\s*(?P<text>.+?))?\s*$")


def section_settings(section: Section, select: tuple[str, ...]) -> Settings:
    """Return the settings of a section: its `toml` blocks over `select`, preview rules on."""
    table: dict[str, Any] = {"select": list(select), "preview": True}
    for body in section.settings:
        table.update(tomli.loads(body))
    # Always on: a block that cannot be read, a rule or the interpreter that fails must not pass for a silent one.
    table["extend-select"] = [*table.get("extend-select", []), "ORM001", "ORM002", "REVEAL"]
    return settings_from_table(table, "toml block")


def check_section(section: Section, settings: Settings) -> list[str]:
    """Lint a section's files and return what differs from its expectations, each with the document's line."""
    files: dict[str, SourceText | SourceError] = {
        path: decode_source(text.encode()) for path, text in section.files.items()
    }
    problems: list[str] = check_fixes(section, files, settings, load_rules())
    if section.stages:
        return problems + check_stages(section, files, settings)
    return problems + compare(section, section.expectations, check_project(files, settings).diagnostics)


def compare(section: Section, expectations: Iterable[Expectation], found: Sequence[Diagnostic]) -> list[str]:
    """Return in what diagnostics differ from the expected ones."""
    left = list(found)
    problems: list[str] = []
    for expected in expectations:
        hit = next((diagnostic for diagnostic in left if _matches(diagnostic, expected)), None)
        if hit is not None:
            left.remove(hit)
            if section.known_missed and expected.name != "reveal":
                problems.append(f"line {expected.line}: found now; remove the mark `known missed alarm`")
        elif not section.known_missed:
            here = [_show(item) for item in found if item.path == expected.path and item.start.row == expected.row]
            wanted = f"[{expected.name}] {expected.text!r}"
            problems.append(f"line {expected.line}: expected {wanted}, got {here or 'nothing'}")
    for diagnostic in left:
        line = _document_line(section, diagnostic)
        problems.append(f"line {line}: unexpected {_show(diagnostic)}")
    return problems


def check_stages(section: Section, files: Mapping[str, SourceText | SourceError], settings: Settings) -> list[str]:
    """Check files, then after each edit again with what was kept: as the next process does, and as an editor does.

    Both have to find what is expected and what a check from nothing finds, and to do what the stage says and no more.
    """
    settings = replace(settings, extend_select=tuple(code for code in settings.extend_select if code != "REVEAL"))
    files = dict(files)
    expected = list(section.expectations)
    stores = (FactsInMemory(), FactsInMemory())
    done = [check_again(files, settings, None, store=store) for store in stores]
    problems = compare(section, expected, done[0][0].diagnostics)
    for stage in section.stages:
        for path in stage.deleted:
            del files[path]
        files.update((path, decode_source(text.encode())) for path, text in stage.files.items())
        left = {*stage.files, *stage.deleted}
        expected = [item for item in expected if item.path not in left] + stage.expectations
        kept = encode_kept(done[0][1])
        assert kept is not None
        done = [
            check_again(files, settings, decode_kept(kept), store=stores[0]),
            check_again(files, settings, done[1][1], store=stores[1], before=done[1][2]),
        ]
        cold = check_project(files, settings).diagnostics
        problems += [f"{stage.title}: {line}" for line in compare(section, expected, cold)]
        for name, (result, _, _) in zip(("from the cache", "in the editor"), done, strict=True):
            if result.diagnostics != cold:
                problems.append(f"line {stage.line}: {name} something else is found: {_differing(result, cold)}")
            statistics = result.statistics
            for word, wanted, got in (
                ("lowered", stage.lowered, statistics.lowered),
                ("followed", stage.followed, statistics.interpreted),
                ("asked", stage.asked, statistics.asked),
            ):
                if wanted is not None and sorted(wanted) != sorted(got):
                    problems.append(f"line {stage.line}: {name} {word} {' '.join(got) or 'nothing'}")
    return problems


def _differing(result: CheckResult, cold: list[Diagnostic]) -> list[str]:
    other = [item for item in result.diagnostics if item not in cold]
    missing = [item for item in cold if item not in result.diagnostics]
    return [*(f"more: {_show(item)}" for item in other), *(f"missing: {_show(item)}" for item in missing)]


def _matches(diagnostic: Diagnostic, expected: Expectation) -> bool:
    if diagnostic.path != expected.path or diagnostic.start.row != expected.row or diagnostic.name != expected.name:
        return False
    if expected.column is not None and diagnostic.start.column != expected.column:
        return False
    if expected.text.startswith("="):
        return diagnostic.message == expected.text[1:]
    return expected.text in diagnostic.message


def _show(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.code} [{diagnostic.name}] at column {diagnostic.start.column}: {diagnostic.message}"


def _document_line(section: Section, diagnostic: Diagnostic) -> str:
    return f"{diagnostic.path}:{diagnostic.start.row} (section at line {section.line})"


def run_block(block: RunBlock, name: str) -> list[str]:
    """Execute a `py run` block. A statement marked `# raises: Type: text` has to raise just that.

    Statements inside a `with` or function are checked by wrapping the marked one in place.
    """
    source = "\n" * (block.line - 1) + block.code
    tree = ast.parse(source, name)
    rows = source.splitlines()
    marked = {number: match for number, row in enumerate(rows, 1) if (match := _RAISES.search(row)) is not None}
    # Annotations are resolved in the module a class names, so the block runs as a module that can be found.
    module = types.ModuleType(f"run_block_{block.line}")
    sys.modules[module.__name__] = module
    namespace: dict[str, Any] = module.__dict__
    transformed = ast.fix_missing_locations(_Wrapper(marked).visit(tree))
    problems: list[str] = []
    judged: set[int] = set()

    def expect(line: int, error: BaseException | None) -> None:
        judged.add(line)
        problems.extend(_judge(marked[line], line, error))

    namespace["__expect__"] = expect
    try:
        exec(compile(transformed, name, "exec"), namespace)
    except Exception as error:
        problems.append(f"line {_error_line(error, name)}: {type(error).__name__}: {error}")
    finally:
        del sys.modules[module.__name__]
        _unmap(namespace)
    for number, row in enumerate(rows, 1):
        if number in marked and number not in judged:
            problems.append(f"line {number}: `# raises:` was never reached, or is not on a statement's last line")
        elif number not in marked and _LOOSE_RAISES.search(row):
            problems.append(f"line {number}: a mark that cannot be read: {row.strip()}")
    return problems


def _unmap(namespace: Mapping[str, Any]) -> None:
    """Let go of the mapped classes of a block: one that cannot be configured would fail every later block's."""
    for value in namespace.values():
        registry = getattr(value, "registry", None) if isinstance(value, type) else None
        if registry is not None and hasattr(registry, "dispose"):
            registry.dispose(cascade=True)


class _Wrapper(ast.NodeTransformer):
    """Wraps marked statements: `try: … except BaseException as e: __expect__(line, e) else: __expect__(line, None)`.

    A mark belongs to the innermost statement that ends on its line.
    """

    def __init__(self, marked: Mapping[int, re.Match[str]]) -> None:
        self.waiting = set(marked)

    def visit(self, node: ast.AST) -> Any:
        node = super().generic_visit(node)
        if isinstance(node, ast.stmt) and node.end_lineno in self.waiting:
            self.waiting.remove(node.end_lineno)
            return self._wrapped(node)
        return node

    def _wrapped(self, node: ast.stmt) -> ast.stmt:
        line = node.end_lineno or 0
        wrapped = ast.parse(
            f"try:\n    pass\nexcept BaseException as __error__:\n    __expect__({line}, __error__)\n"
            f"else:\n    __expect__({line}, None)\n"
        ).body[0]
        assert isinstance(wrapped, ast.Try)
        wrapped.body = [node]
        return ast.copy_location(wrapped, node)


def _judge(match: re.Match[str], line: int, error: BaseException | None) -> list[str]:
    wanted = f"{match['type']}: {match['text'] or ''}"
    if error is None:
        return [f"line {line}: nothing was raised, expected {wanted}"]
    names = {kind.__name__ for kind in type(error).__mro__}
    if match["type"] not in names or (match["text"] and not _text_of(error).startswith(match["text"])):
        return [f"line {line}: raised {type(error).__name__}: {error}, expected {wanted}"]
    return []


def _text_of(error: BaseException) -> str:
    return str(error.args[0]) if error.args else str(error)


def _error_line(error: BaseException, name: str) -> int:
    trace = error.__traceback__
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
