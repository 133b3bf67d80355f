"""`ormlint check`: lint a project and report."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

import msgspec

from ormlint.checker.result import CheckResult
from ormlint.cli import fix
from ormlint.cli.common import USER_ERRORS, add_project_arguments, fail, load, project_overrides, split
from ormlint.cli.fix import add_arguments as add_fix_arguments
from ormlint.cli.outputs import Output, read_outputs, write_outputs
from ormlint.diagnostics import Diagnostic
from ormlint.project.edits import with_known_edits
from ormlint.project.runner import Run, UsageError, open_cache, usable_cores
from ormlint.reporters import FORMATS, ReportOptions
from ormlint.text import SourceText

_PROGRESS_AFTER = 1.0  # seconds
_WITH_FIXES = ("json", "json-lines", "rdjson", "sarif")
_FOR_PEOPLE = ("full", "concise", "grouped")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or folders to report on; `-` reads stdin")
    rules = parser.add_argument_group("rules")
    for name, text in (
        ("select", "run these rules, in place of the configured ones"),
        ("extend-select", "run these rules too"),
        ("ignore", "leave out these rules"),
    ):
        rules.add_argument(f"--{name}", metavar="RULES", action="append", help=f"{text} (codes, prefixes, names, ALL)")
    rules.add_argument("--preview", action=argparse.BooleanOptionalAction, default=None, help="let preview rules run")
    rules.add_argument(
        "--per-file-ignores", metavar="GLOB:RULE", action="append", help="leave out a rule in files that match"
    )
    add_fix_arguments(parser)
    add_project_arguments(parser)
    speed = parser.add_argument_group("speed")
    speed.add_argument("--no-cache", action="store_true", help="neither use nor write the cache")
    speed.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=os.environ.get("ORMLINT_CACHE_DIR"),
        help="keep the cache here, not in the project's `.ormlint_cache` (environment: ORMLINT_CACHE_DIR)",
    )
    speed.add_argument(
        "--jobs",
        metavar="N",
        type=_jobs,
        default=0,
        help="how many processes may read files; 0, the default: as many as cores",
    )
    parser.add_argument("--baseline", metavar="FILE", help="do not report the findings that this file knows")
    parser.add_argument("--stdin-filename", metavar="FILE", help="the file that standard input stands for")
    output = parser.add_argument_group("output")
    output.add_argument("--output-format", choices=FORMATS, default=None, help="how findings are shown")
    output.add_argument(
        "--output",
        metavar="FORMAT[:FILE]",
        action="append",
        default=[],
        help="one of several outputs of this run: a format, and the file it goes to",
    )
    output.add_argument("-o", "--output-file", metavar="FILE", help="write the findings to a file")
    output.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colour the output")
    output.add_argument("--statistics", action="store_true", help="show counts per rule, and what was given up")
    output.add_argument("-q", "--quiet", action="store_true", help="print findings only")
    output.add_argument("-v", "--verbose", action="store_true", help="print what the run did to stderr")
    output.add_argument("-e", "--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    output.add_argument(
        "--add-noqa", action="store_true", help="add a noqa comment to every line with a finding, and report nothing"
    )


def run(options: argparse.Namespace) -> int:
    """Run the command; see `main` for the exit codes."""
    # The facts are trees without cycles: collecting them costs a third of a run and frees nothing.
    gc.disable()
    # Python collects once more before it ends, and that took a tenth of a run for nothing.
    atexit.register(gc.freeze)
    try:
        return _run(options)
    except USER_ERRORS as error:
        return fail(error)


def _run(options: argparse.Namespace) -> int:
    stdin = None
    paths = list(options.paths)
    if "-" in paths or options.stdin_filename:
        if paths not in ([], ["-"]):
            raise UsageError("`-` reads one file from standard input and cannot be given with other paths")
        if options.add_noqa:
            raise UsageError("--add-noqa changes files and cannot be given with standard input")
        stdin = sys.stdin.buffer.read()
        paths = []
    outputs = read_outputs(options.output, options.output_format, options.output_file)
    loaded = load(options, _overrides(options), paths, stdin, options.stdin_filename)
    if not (loaded.files if loaded.only is None else loaded.only) and not options.quiet:
        print("ormlint: no Python files found", file=sys.stderr)
    progress = _Progress(sys.stderr, options.quiet)
    if fix.is_fixing(options):
        if options.add_noqa:
            raise UsageError("--add-noqa cannot be given with --fix, --fix-only or --diff")
        return _run_fixes(loaded, options, outputs, progress, stdin is not None)
    cache = None if options.no_cache else open_cache(loaded.project, options.cache_dir, _warn)
    result = loaded.check(progress, cache, options.jobs or usable_cores())
    if _carry_fixes(outputs):
        result.diagnostics = with_known_edits(loaded, result.diagnostics, cache)
    if cache is not None:
        cache.close()
    progress.clear()
    for warning in result.warnings:
        _warn(warning)
    if options.add_noqa:
        from ormlint.cli.noqa import add_noqa

        return add_noqa(loaded, result.diagnostics)
    if options.verbose:
        _print_run(result, loaded)
    if options.statistics:
        _print_statistics(result)
    else:
        _print_findings(result, loaded, options, outputs)
    return 1 if result.diagnostics and not options.exit_zero else 0


def _warn(message: str) -> None:
    print(f"ormlint: {message}", file=sys.stderr)


def _jobs(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"takes a whole number from 0 on, not `{text}`")
    return int(text)


def _run_fixes(
    loaded: Run, options: argparse.Namespace, outputs: list[Output], progress: _Progress, from_stdin: bool
) -> int:
    """Apply or show fixes. What standard input becomes goes to standard output, and everything else to stderr."""
    root = loaded.project.root

    def seen(path: str) -> str:
        return _seen(path, root)

    result = fix.fixed(loaded, options, progress)
    progress.clear()
    if options.diff:
        return fix.show_diff(loaded, result, seen, from_stdin, options.quiet) if not options.exit_zero else 0
    written = True
    if from_stdin:
        (path,) = loaded.only or ("",)
        source = result.files.get(path)
        if isinstance(source, SourceText):
            sys.stdout.flush()
            sys.stdout.buffer.write(source.encode(source.text))
    else:
        written = fix.write(loaded, result, seen)
    stream = sys.stderr if from_stdin else sys.stdout
    for_people = any(output.file is None and output.form in _FOR_PEOPLE for output in outputs)
    if options.verbose:
        _print_run(result.result, loaded)
    remaining = [] if options.fix_only else result.result.diagnostics
    result.result.diagnostics = remaining
    after = replace(loaded, files=result.files)
    if options.statistics:
        _print_statistics(result.result)
    elif not options.fix_only:
        _print_findings(result.result, after, options, outputs, stream, fix.summary(result, len(remaining)))
    elif not options.quiet and for_people:
        stream.write(f"Fixed {len(result.applied)} error{'s' if len(result.applied) != 1 else ''}.\n")
    if options.show_fixes and for_people and (lines := fix.applied_lines(result, seen)):
        stream.write("\n" + "\n".join(lines) + "\n")
    if not written and not options.exit_zero:
        return 1
    if options.exit_non_zero_on_fix and result.applied:
        return 1
    return 1 if remaining and not options.exit_zero else 0


def _overrides(options: argparse.Namespace) -> dict[str, Any]:
    overrides = project_overrides(options)
    if options.select is not None:
        overrides["cli_select"] = split(",".join(options.select))
    if options.extend_select is not None:
        overrides["cli_extend_select"] = split(",".join(options.extend_select))
    if options.ignore is not None:
        overrides["cli_ignore"] = split(",".join(options.ignore))
    if options.baseline is not None:
        overrides["baseline"] = str(Path(options.baseline).absolute())
    if options.preview is not None:
        overrides["preview"] = options.preview
    if options.per_file_ignores is not None:
        pairs: list[tuple[str, tuple[str, ...]]] = []
        for item in split(",".join(options.per_file_ignores)):
            pattern, colon, rule = item.rpartition(":")
            if not colon or not pattern or not rule:
                raise UsageError(f"--per-file-ignores takes GLOB:RULE, not `{item}`")
            pairs.append((pattern, (rule,)))
        overrides["per_file_ignores"] = tuple(pairs)
    return overrides


def _print_findings(
    result: CheckResult,
    loaded: Run,
    options: argparse.Namespace,
    outputs: list[Output],
    terminal: TextIO | None = None,
    closing: str = "",
) -> None:
    root = loaded.project.root
    found = result.diagnostics
    if _carry_fixes(outputs):
        found = with_known_edits(loaded, found, None)
    shown_paths = {item.path for item in found}.union(place.path for item in found for place in item.related)
    files = ((path, loaded.files.get(path)) for path in shown_paths)
    sources = {_seen(path, root): source for path, source in files if isinstance(source, SourceText)}
    if loaded.baseline is not None:
        sources[_seen(loaded.baseline.path, root)] = SourceText(loaded.baseline.text.encode())
    diagnostics = [_as_seen(item, root) for item in found]
    checked = len(loaded.files) if loaded.only is None else len(loaded.only)
    fixable = fix.fixable_line(found, options.unsafe_fixes)
    shown = ReportOptions(False, not options.quiet, checked, options.unsafe_fixes, closing, fixable)
    write_outputs(outputs, diagnostics, sources, shown, options.color, terminal or sys.stdout)


def _carry_fixes(outputs: list[Output]) -> bool:
    return any(output.form in _WITH_FIXES for output in outputs)


def _seen(path: str, root: Path) -> str:
    """Return a path of the project as it is seen from the working directory: terminals and editors open that."""
    try:
        return Path(os.path.relpath(root / path)).as_posix()
    except ValueError:  # another drive
        return (root / path).as_posix()


def _as_seen(item: Diagnostic, root: Path) -> Diagnostic:
    related = tuple(msgspec.structs.replace(place, path=_seen(place.path, root)) for place in item.related)
    return msgspec.structs.replace(item, path=_seen(item.path, root), related=related)


def _print_statistics(result: CheckResult) -> None:
    counts: dict[tuple[str, str], int] = {}
    for item in result.diagnostics:
        counts[item.code, item.name] = counts.get((item.code, item.name), 0) + 1
    for (code, name), count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        print(f"{count}\t{code}\t{name}")
    for reason, count in sorted(result.statistics.given_up.items()):
        print(f"{count}\tnot followed: {reason}")


def _print_run(result: CheckResult, loaded: Run) -> None:
    done = result.statistics
    if done.is_cached:
        phases = "nothing changed"
    else:
        seconds = (f"{phase} {seconds:.2f} s" for phase, seconds in done.seconds.items())
        phases = ", ".join((f"{len(done.lowered)} read anew", *seconds))
    origin = loaded.project.config or "defaults"
    print(f"root {loaded.project.root}, settings from {origin}", file=sys.stderr)
    print(f"{done.files} files, {done.bytes / 1e6:.1f} MB, {done.models} mapped classes; {phases}", file=sys.stderr)


class _Progress:
    """A line on a terminal that says how far a long run is; nothing elsewhere."""

    def __init__(self, stream: TextIO, quiet: bool) -> None:
        self.stream = stream
        self.active = stream.isatty() and not quiet
        self.start = time.monotonic()
        self.shown = 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        if not self.active:
            return
        now = time.monotonic()
        if now - self.start < _PROGRESS_AFTER or (now - self.shown < 0.1 and done < total):
            return
        self.shown = now
        self.stream.write(f"\r\x1b[Kormlint: {phase} {done} of {total} files")
        self.stream.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self.shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
