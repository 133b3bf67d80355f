"""Paths as the services of a checkout want them: from its top, whatever folder the run stands in."""

from __future__ import annotations

import os
from pathlib import Path

# Where the runners of GitHub and of GitLab say that the checkout is.
_TOPS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def in_repository(path: str) -> str:
    """Return a path from the top of the checkout; without a runner's word, from the nearest folder with `.git`."""
    absolute = Path(path).resolve()
    for variable in _TOPS:
        top = os.environ.get(variable)
        if top and absolute.is_relative_to(Path(top).resolve()):
            return absolute.relative_to(Path(top).resolve()).as_posix()
    for folder in absolute.parents:
        if (folder / ".git").exists():
            return absolute.relative_to(folder).as_posix()
    return path
