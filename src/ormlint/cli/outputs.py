"""Where findings go: one output on the terminal or in a file, or several in one run."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from ormlint.diagnostics import Diagnostic
from ormlint.project.atomic import replace_file
from ormlint.project.runner import UsageError
from ormlint.reporters import FORMATS, ReportOptions, reporter
from ormlint.reporters.style import use_color
from ormlint.text import SourceText


@dataclass(frozen=True)
class Output:
    """One format, and the file it goes to; None is standard output."""

    form: str
    file: Path | None = None


def read_outputs(several: Sequence[str], form: str | None, file: str | None) -> list[Output]:
    """Return the outputs that `--output`, `--output-format` and `--output-file` ask for.

    Raises:
        UsageError: a format is unknown, two outputs share a target, or the options exclude each other.
    """
    if several and (form or file):
        raise UsageError("--output FORMAT[:FILE] stands in place of --output-format and --output-file")
    if not several:
        chosen = form or os.environ.get("ORMLINT_OUTPUT_FORMAT") or "full"
        if chosen not in FORMATS:
            raise UsageError(f"ORMLINT_OUTPUT_FORMAT={chosen} is no format; known are {', '.join(FORMATS)}")
        return [Output(chosen, Path(file) if file else None)]
    outputs: list[Output] = []
    for item in several:
        name, colon, target = item.partition(":")
        if name not in FORMATS:
            raise UsageError(f"--output {item}: `{name}` is no format; known are {', '.join(FORMATS)}")
        if colon and not target:
            raise UsageError(f"--output {item}: the file's name is missing after the colon")
        path = Path(target) if target and target != "-" else None
        if any(output.file == path for output in outputs):
            where = "standard output" if path is None else str(path)
            raise UsageError(f"--output {item}: two outputs go to {where}")
        outputs.append(Output(name, path))
    return outputs


def write_outputs(
    outputs: Sequence[Output],
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, SourceText],
    options: ReportOptions,
    color: str,
    terminal: TextIO,
) -> None:
    """Write every output, those without a file to `terminal`; a file is replaced whole or not at all.

    Raises:
        UsageError: a file cannot be written.
    """
    for output in outputs:
        if output.file is None:
            shown = replace(options, color=use_color(terminal, color))
            reporter(output.form).report(diagnostics, sources, shown, terminal)
            continue
        stream = io.StringIO()
        reporter(output.form).report(diagnostics, sources, options, stream)
        try:
            replace_file(output.file, stream.getvalue().encode("utf-8", "backslashreplace"))
        except OSError as error:
            raise UsageError(f"{output.file}: cannot be written: {error.strerror or error}") from None
