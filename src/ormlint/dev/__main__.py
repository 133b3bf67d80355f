"""`python -m ormlint.dev`: the tools of those who work on ormlint; `--help` lists them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ormlint.dev import again, agree, ecosystem, fixproof, generate, new_rule, screened, seed
from ormlint.dev.groundtruth import command as groundtruth
from ormlint.dev.groundtruth import judged
from ormlint.dev.oracle import command as oracle


def main() -> int:
    """Run one tool."""
    parser = argparse.ArgumentParser(prog="python -m ormlint.dev", description=__doc__)
    tools = parser.add_subparsers(dest="tool", required=True)
    for name, module in (
        ("generate", generate),
        ("new-rule", new_rule),
        ("ecosystem", ecosystem),
        ("fixproof", fixproof),
        ("ground-truth", groundtruth),
        ("drift-truth", judged),
        ("oracle", oracle),
        ("seed", seed),
        ("agree", agree),
        ("again", again),
        ("screened", screened),
    ):
        summary = (module.__doc__ or "").partition("\n")[0]
        tool = tools.add_parser(name, help=summary, description=summary)
        tool.add_argument("--root", type=Path, default=Path.cwd(), help="the checkout to work on")
        module.add_arguments(tool)
        tool.set_defaults(run=module.run)
    options = parser.parse_args()
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
