"""The cache: same findings with and without it, whatever happened to it; only what changed is read."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from ormlint.checker.engine import check_project
from ormlint.checker.result import CheckResult
from ormlint.facts.codec import EncodedFacts, decode_bodies, decode_interface, encode_facts
from ormlint.facts.expressions import Constant
from ormlint.facts.module import ModuleFacts
from ormlint.project import cache as cache_module
from ormlint.project.cache import Cache, remove_cache
from ormlint.project.runner import Request, load_run
from ormlint.settings import Settings
from ormlint.syntax import lower_module
from ormlint.text import SourceText, decode_source

SHOP = Path(__file__).parents[3] / "examples" / "video_shop"
HEAVY = (
    "alembic", "asyncio", "libcst", "logging", "multiprocessing", "pygls", "sqlalchemy", "sqlglot", "tree_sitter",
    "tree_sitter_python", "ormlint.syntax", "ormlint.semantic.model", "ormlint.index.project", "ormlint.checker.engine",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    shutil.copytree(SHOP, root, ignore=shutil.ignore_patterns("__pycache__", ".ormlint_cache"))
    (root / "ormlint.toml").write_text("root = true\npreview = true\n")
    return root


def check(root: Path, folder: Path | None, warnings: list[str] | None = None) -> CheckResult:
    told = warnings if warnings is not None else []
    loaded = load_run(Request(paths=[str(root)]))
    if folder is None:
        return loaded.check()
    cache = Cache(folder, b"version", told.append)
    try:
        return loaded.check(cache=cache)
    finally:
        cache.close()
        if warnings is None:
            assert told == []


def shown(result: CheckResult) -> bytes:
    return msgspec.msgpack.encode((result.diagnostics, result.warnings))


def test_unchanged_and_changed(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    cold = check(shop, folder)
    assert cold.diagnostics
    assert len(cold.statistics.lowered) == cold.statistics.files
    warm = check(shop, folder)
    assert warm.statistics.is_cached
    assert shown(warm) == shown(cold) == shown(check(shop, None))
    assert warm.statistics.models == cold.statistics.models
    changed = next(item.path for item in cold.diagnostics)
    text = (shop / changed).read_bytes()
    (shop / changed).write_bytes(text + b"\n\nX = 1\n")
    again = check(shop, folder)
    assert again.statistics.lowered == [changed]
    assert shown(again) == shown(check(shop, None))
    (shop / changed).write_bytes(text)
    assert check(shop, folder).statistics.is_cached  # contents count, not times


def test_settings_and_paths_are_part_of_the_key(shop: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    check(shop, folder)
    (shop / "ormlint.toml").write_text('root = true\npreview = true\nignore = ["ALL"]\n')
    assert check(shop, folder).diagnostics == []
    (shop / "ormlint.toml").write_text('root = true\npreview = true\nselect = ["ORM999"]\n')
    with pytest.raises(Exception, match="ORM999"):
        check(shop, folder)


def test_files_besides_python_are_part_of_the_key(shop: Path, tmp_path: Path) -> None:
    check(shop, tmp_path / "cache")
    (shop / "alembic.ini").write_text("[alembic]\nscript_location = elsewhere\n")
    assert not check(shop, tmp_path / "cache").statistics.is_cached


def test_random_edits(shop: Path, tmp_path: Path) -> None:
    """After each of many edits a run with the cache prints what a run without it prints."""
    choice = random.Random(6)
    folder = tmp_path / "cache"
    originals = {path: path.read_bytes() for path in sorted(shop.rglob("*.py"))}
    for _ in range(25):
        path = choice.choice(list(originals))
        lines = originals[path].splitlines(keepends=True)
        kind = choice.randrange(5)
        if kind == 0 or not lines:
            path.unlink(missing_ok=True)
        elif kind == 1:
            path.write_bytes(originals[path])
        else:
            place = choice.randrange(len(lines))
            if kind == 2:
                del lines[place]
            elif kind == 3:
                lines.insert(place, b"# a line more\n")
            else:
                lines[place] = lines[place].replace(b"video", b"film").replace(b"str", b"int")
            path.write_bytes(b"".join(lines))
        assert shown(check(shop, folder)) == shown(check(shop, None))


@pytest.mark.parametrize("damage", ["garbage", "truncated", "empty", "flipped", "foreign", "folder"])
def test_damage(shop: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "cache"
    expected = shown(check(shop, folder))
    file = folder / "v3.sqlite"
    data = file.read_bytes()
    for path in folder.glob("v3.sqlite*"):
        path.unlink()
    if damage == "garbage":
        file.write_bytes(b"this is no database " * 500)
    elif damage == "truncated":
        file.write_bytes(data[: len(data) // 2])
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "flipped":
        middle = len(data) // 2
        file.write_bytes(
            data[:middle] + bytes(byte ^ 255 for byte in data[middle : middle + 3000]) + data[middle + 3000 :]
        )
    elif damage == "foreign":
        other = sqlite3.connect(file)
        other.execute("CREATE TABLE mine (x)")
        other.commit()
        other.close()
    else:
        file.mkdir()
    for number in range(3):
        warnings: list[str] = []
        (shop / "new.py").write_text(f"X = {number}\n")
        assert shown(check(shop, folder, warnings)) == expected
        assert len(warnings) <= 1
        if damage in ("garbage", "truncated", "empty", "flipped") and number == 2:
            assert warnings == []  # begun anew
    if damage == "foreign":
        assert sqlite3.connect(file).execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]


def test_folder_that_cannot_be_written(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    warnings: list[str] = []
    assert check(shop, tmp_path / "file" / "cache", warnings).diagnostics
    assert len(warnings) == 1 and "cannot be used" in warnings[0]


def test_full_disk(shop: Path, tmp_path: Path) -> None:
    warnings: list[str] = []
    cache = Cache(tmp_path / "cache", b"version", warnings.append)
    assert cache._db is not None
    cache._db.execute("PRAGMA max_page_count = 4")
    loaded = load_run(Request(paths=[str(shop)]))
    assert shown(loaded.check(cache=cache)) == shown(check(shop, None))
    cache.close()
    assert len(warnings) == 1 and "full" in warnings[0]


def test_old_and_surplus_entries_leave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cache() -> Cache:
        return Cache(tmp_path, b"version", pytest.fail)

    today = time.time()
    first = cache()
    first.keep_facts({b"used": (b"1", b"2"), b"unused": (b"1", b"2")})
    first.keep_run(b"run", b"result")
    first.close()
    monkeypatch.setattr(time, "time", lambda: today + 86_400 * (cache_module.KEEP_DAYS - 1))
    second = cache()
    assert (second.interface(b"used"), second.bodies(b"used")) == (b"1", b"2")
    second.close()
    monkeypatch.setattr(time, "time", lambda: today + 86_400 * (cache_module.KEEP_DAYS + 2))
    third = cache()
    third.keep_facts({b"new": (b"x" * 10_000, b"")})
    third.close()
    fourth = cache()
    assert fourth.interface(b"used") and fourth.interface(b"unused") is None and fourth.run(b"run") is None
    monkeypatch.setattr(cache_module, "MAX_BYTES", 15_000)
    fourth.keep_facts({b"newer": (b"x" * 10_000, b"")})
    fourth.close()
    fifth = cache()
    assert fifth.interface(b"newer") and fifth.interface(b"new") is None and fifth.interface(b"used") is None
    for number in range(cache_module.MAX_RUNS + 5):
        fifth.keep_run(str(number).encode(), b"")
    fifth.close()
    sixth = cache()
    assert sixth.run(b"4") is None and sixth.run(b"5") == b""
    sixth.close()


def test_changes_belong_to_the_state_that_was_read(tmp_path: Path) -> None:
    def cache() -> Cache:
        return Cache(tmp_path, b"version", pytest.fail)

    first = cache()
    assert first.state(b"key") is None and first.changes(b"key") is None
    first.keep_changes(b"key", b"of nothing")
    first.keep_state(b"key", b"state")
    first.close()
    second = cache()
    assert second.state(b"key") == b"state" and second.changes(b"key") is None
    second.keep_changes(b"key", b"changes")
    second.close()
    third, other = cache(), cache()
    for reader in (third, other):
        assert reader.state(b"key") == b"state" and reader.changes(b"key") == b"changes"
    other.keep_state(b"key", b"another state")
    other.close()
    third.keep_changes(b"key", b"changes of a state that is gone")
    third.close()
    last = cache()
    assert last.state(b"key") == b"another state" and last.changes(b"key") is None
    last.close()


def test_facts_of_a_project_that_is_worked_on_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    today = time.time()

    def cache(days: int) -> Cache:
        monkeypatch.setattr(time, "time", lambda: today + 86_400 * days)
        return Cache(tmp_path, b"version", pytest.fail)

    first = cache(0)
    first.keep_facts({b"of the project": (b"1", b"2"), b"of another": (b"1", b"2")})
    first.keep_state(b"key", b"state")
    first.close()
    for day in (10, 20, 30):
        again = cache(day)
        assert again.state(b"key") == b"state"
        again.keep_changes(b"key", b"changes")
        again.use_facts([b"of the project"])
        again.close()
    last = cache(40)
    assert last.interface(b"of the project") and last.interface(b"of another") is None
    last.close()


def test_versions_share_nothing(tmp_path: Path) -> None:
    own = Cache(tmp_path, b"version", pytest.fail)
    own.keep_facts({b"newer": (b"1", b"2")})
    own.close()
    other = Cache(tmp_path, b"another version", pytest.fail)
    assert other.interface(b"newer") is None
    other.close()


def test_clean_removes_nothing_else(tmp_path: Path) -> None:
    Cache(tmp_path / "cache", b"version", pytest.fail).close()
    (tmp_path / "cache" / "mine").write_text("")
    assert (tmp_path / "cache" / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert remove_cache(tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mine"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "v3.sqlite").write_text("")
    assert not remove_cache(tmp_path / "other") and (tmp_path / "other" / "v3.sqlite").exists()


def test_facts_that_do_not_fit_are_read_anew() -> None:
    plain = lower_module(SourceText(b"X = 1\n"))
    statement = msgspec.structs.replace(plain.interface.body[0], value=Constant(4, 5, 2**70))
    huge = ModuleFacts(msgspec.structs.replace(plain.interface, body=(statement,)), plain.bodies)
    assert encode_facts(huge) is None
    assert decode_interface(b"\xff") is None and decode_bodies(b"\xff") is None
    facts = lower_module(
        SourceText(
            b"class A(B):\n    x: int = f(1.5, *a, **{'k': ...})\n    def g(self): return [i async for i in x]\n"
        )
    )
    encoded = encode_facts(facts)
    assert encoded is not None
    interface, bodies = decode_interface(encoded[0]), decode_bodies(encoded[1])
    assert interface is not None and bodies is not None
    assert encode_facts(ModuleFacts(interface, bodies)) == encoded


def run(root: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments, "-m", "ormlint", "check", "--output-format", "json", "."]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


def test_nothing_changed_loads_nothing_heavy(shop: Path) -> None:
    first = run(shop)
    second = run(shop, "-X", "importtime")
    assert first.stdout == second.stdout and first.returncode == second.returncode == 1
    loaded = {line.rpartition("|")[2].strip() for line in second.stderr.splitlines()}
    assert "ormlint.project.cache" in loaded
    assert [name for name in HEAVY if name in loaded] == []


def test_two_at_once_and_one_killed(shop: Path) -> None:
    expected = run(shop).stdout
    shutil.rmtree(shop / ".ormlint_cache")
    command = [sys.executable, "-m", "ormlint", "check", "--output-format", "json", "."]
    running = [
        subprocess.Popen(command, cwd=shop, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    running[2].send_signal(signal.SIGTERM)
    for process in running[:2]:
        out, err = process.communicate()
        assert (out, err) == (expected, "")
    running[2].communicate()
    assert run(shop).stdout == expected


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_file_that_may_not_grow(shop: Path) -> None:
    """A full disk shows as a write that fails half way: what was there before stays of use."""
    expected = run(shop)
    (shop / "new.py").write_text("X = 1\n" * 3000)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)); "
        "from ormlint.cli.main import main; sys.exit(main(['check', '--output-format', 'json', '.']))"
    )
    command = [sys.executable, "-c", limited]
    for _ in range(2):
        done = subprocess.run(command, cwd=shop, capture_output=True, text=True, check=False)
        assert (done.stdout, done.returncode) == (expected.stdout, 1)
        assert done.stderr.count("\n") <= 1 and "Traceback" not in done.stderr
    after = run(shop)
    assert (after.stdout, after.stderr) == (expected.stdout, "")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="to the superuser nothing is read-only")
def test_folder_that_may_not_be_written(shop: Path) -> None:
    expected = run(shop)
    folder = shop / ".ormlint_cache"
    (shop / "new.py").write_text("X = 1\n")
    for path in (*folder.iterdir(), folder):
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        done = run(shop)
        assert done.stdout == expected.stdout and done.stderr.count("\n") <= 1
    finally:
        folder.chmod(0o700)


def test_a_cache_without_facts_still_tells_what_changed(shop: Path, tmp_path: Path) -> None:
    """Facts may leave before the state that was worked out with them."""
    folder = tmp_path / "cache"
    check(shop, folder)
    database = sqlite3.connect(folder / "v3.sqlite")
    database.execute("DELETE FROM facts")
    database.commit()
    database.close()
    (shop / "new.py").write_text("X = 1\n")
    assert shown(check(shop, folder)) == shown(check(shop, None))


def test_many_edits_from_one_process_to_the_next(shop: Path) -> None:
    """What is another is written beside the state, time and again, and findings stay those of a run without cache."""
    path = next(item for item in sorted(shop.rglob("*.py")) if b"def " in item.read_bytes())
    text = path.read_text()
    for number in range(4):
        path.write_text(f"{text}\n\ndef added_{number}():\n    return {number}\n")
        assert run(shop).stdout == run_without_cache(shop).stdout


def run_without_cache(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ormlint", "check", "--no-cache", "--output-format", "json", "."]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_check_project_takes_any_store() -> None:
    class Store(dict[bytes, EncodedFacts]):
        def interface(self, digest: bytes) -> bytes | None:
            return self[digest][0] if digest in self else None

        def bodies(self, digest: bytes) -> bytes | None:
            return self[digest][1] if digest in self else None

        def keep_facts(self, found: Mapping[bytes, EncodedFacts]) -> None:
            self.update(found)

    store = Store()
    files = {"a.py": decode_source(b"X = 1\n"), "b.py": decode_source(b"X = 1\n")}
    assert check_project(files, Settings(), store=store).statistics.lowered == ["a.py", "b.py"]
    assert len(store) == 1
    assert check_project(files, Settings(), store=store).statistics.lowered == []
