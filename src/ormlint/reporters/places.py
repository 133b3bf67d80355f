"""Paths as the services of a checkout want them: from its top, whatever folder the run stands in."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

# Where the runners of GitHub and of GitLab say that the checkout is.
_TOPS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def in_repository(path: str) -> str:
    """Return a path from the top of the checkout; without a runner's word, from the nearest folder with `.git`."""
    folder, name = os.path.split(os.path.realpath(path))
    tops = tuple(top for variable in _TOPS if (top := os.environ.get(variable)))
    below = _below(folder, tops)
    return path if below is None else f"{below}/{name}" if below else name


@lru_cache(maxsize=1024)  # thousands of findings stand in tens of folders
def _below(folder: str, tops: tuple[str, ...]) -> str | None:
    """Return a folder's path from the top of its checkout; None without one."""
    absolute = Path(folder)
    known = [Path(top).resolve() for top in tops]
    found = next((top for top in known if absolute.is_relative_to(top)), None)
    if found is None:
        found = next((above for above in (absolute, *absolute.parents) if (above / ".git").exists()), None)
    if found is None:
        return None
    below = absolute.relative_to(found).as_posix()
    return "" if below == "." else below
