"""Measure a cold run over a folder of Python code: MB/s, files/s, peak memory, and where the time goes.

Without a folder a pinned source package is downloaded once into `bench/cache/` and measured.
"""

from __future__ import annotations

import gc
import platform
import resource
import subprocess
import sys
import tarfile
import time
from pathlib import Path

from ormlint.checker.engine import check_project
from ormlint.project.discovery import project_files
from ormlint.project.workspace import read_files
from ormlint.settings import Settings

PACKAGE = "aiida-core==2.7.2"
CACHE = Path(__file__).parent / "cache"


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else _package()
    gc.disable()
    settings = Settings(respect_gitignore=False)
    started = time.process_time()
    files = read_files(root, project_files(root, settings))
    reading = time.process_time() - started
    started, wall = time.process_time(), time.perf_counter()
    result = check_project(files, settings)
    seconds, elapsed = time.process_time() - started, time.perf_counter() - wall
    done = result.statistics
    megabytes = done.bytes / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if platform.system() != "Darwin" else 1024**2)
    print(f"{root.name}: {done.files} files, {megabytes:.2f} MB, {done.models} mapped classes")
    print(
        f"CPU {seconds:.2f} s, wall {elapsed:.2f} s: {megabytes / seconds:.2f} MB/s, {done.files / seconds:.0f} files/s"
    )
    print(f"{seconds / megabytes:.2f} s of CPU per MB; peak memory {peak:.0f} MiB")
    shares = {"read": reading, **done.seconds}
    shares["rules and reports"] = max(0.0, seconds - sum(done.seconds.values()))
    total = sum(shares.values())
    print("share: " + ", ".join(f"{phase} {part / total:.0%}" for phase, part in shares.items()))
    return 0


def _package() -> Path:
    CACHE.mkdir(exist_ok=True)
    folders = [path for path in CACHE.iterdir() if path.is_dir()]
    if folders:
        return folders[0]
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "--no-build-isolation"]
    subprocess.run([*command, "--dest", str(CACHE), PACKAGE], check=True)
    archive = next(CACHE.glob("*.tar.gz"))
    with tarfile.open(archive) as tar:
        tar.extractall(CACHE, filter="data")
    return next(path for path in CACHE.iterdir() if path.is_dir())


if __name__ == "__main__":
    sys.exit(main())
