"""Where Alembic's revisions are: as its configuration says, or found by themselves."""

from __future__ import annotations

import pytest

from ormlint.checker.analysis import analyse
from ormlint.checker.result import Statistics
from ormlint.index.environments import Environment, MigrationPathError
from ormlint.text import decode_source


def environments(
    files: dict[str, str], documents: dict[str, str] | None = None, configured: tuple[str, ...] = ()
) -> list[Environment]:
    sources = {path: decode_source(text.encode()) for path, text in files.items()}
    analysis = analyse(sources, Statistics(), interpret=False, documents=documents)
    return analysis.index.environments(configured)


def rev(name: str, parent: str | None = None) -> str:
    return f"revision: str = {name!r}\ndown_revision = {parent!r}\n"


def test_named_sections_are_environments_of_their_own() -> None:
    ini = "[alembic]\n[core]\nscript_location = app:revs/core\n[tenant]\nscript_location = app:revs/tenant\n"
    files = {
        "src/app/__init__.py": "",
        "src/app/revs/core/env.py": "",
        "src/app/revs/core/versions/a.py": rev("a"),
        "src/app/revs/tenant/versions/b.py": rev("b"),
    }
    found = environments(files, {"src/app/alembic.ini": ini})
    assert [(item.name, [head.id for head in item.graph.heads]) for item in found] == [
        ("core", ["a"]),
        ("tenant", ["b"]),
    ]
    assert found[0].env is not None


def test_several_locations_are_one_history() -> None:
    ini = (
        "[alembic]\nscript_location = %(here)s/alembic\n"
        "version_locations = %(here)s/alembic/one;%(here)s/alembic/two\npath_separator = ;  # as written\n"
    )
    files = {"db/alembic/one/a.py": rev("a"), "db/alembic/two/b.py": rev("b", "a"), "db/alembic/env.py": ""}
    (found,) = environments(files, {"db/alembic.ini": ini})
    assert found.locations == ("db/alembic/one", "db/alembic/two")
    assert [revision.id for revision in found.graph.ordered()] == ["a", "b"]


def test_folders_below_are_read_only_when_told_or_when_they_go_on() -> None:
    files = {
        "m/env.py": "",
        "m/versions/a.py": rev("a"),
        "m/versions/old/z.py": rev("z"),
        "m/versions/2024/b.py": rev("b", "a"),
    }
    ini = "[alembic]\nscript_location = m\n"
    (found,) = environments(files, {"alembic.ini": ini})
    assert sorted(found.graph.revisions) == ["a", "b"]
    (found,) = environments(files, {"alembic.ini": f"{ini}recursive_version_locations = true\n"})
    assert sorted(found.graph.revisions) == ["a", "b", "z"]


def test_pyproject_says_it_too() -> None:
    table = '[tool.alembic]\nscript_location = "%(here)s/db"\nversion_locations = ["%(here)s/revs"]\n'
    (found,) = environments({"revs/a.py": rev("a"), "db/env.py": ""}, {"pyproject.toml": table})
    assert found.locations == ("revs",)
    assert found.env is not None
    assert found.env.path == "db/env.py"


def test_a_folder_for_each_database() -> None:
    found = environments({f"m/versions/{name}/a.py": rev("a") for name in ("sqlite", "postgresql")})
    assert [item.dialect for item in found] == ["postgresql", "sqlite"]


def test_configured_folders_replace_what_would_be_found() -> None:
    files = {"one/versions/a.py": rev("a"), "two/versions/b.py": rev("b")}
    (found,) = environments(files, configured=("two/",))
    assert found.locations == ("two/versions",)
    with pytest.raises(MigrationPathError, match="names three"):
        environments(files, configured=("three",))


def test_a_configuration_that_cannot_be_read_says_nothing() -> None:
    broken = {"alembic.ini": "no section", "pyproject.toml": "tool.alembic ="}
    (found,) = environments({"m/versions/a.py": rev("a")}, broken)
    assert found.section is None


def test_a_folder_for_each_year_is_one_history() -> None:
    files = {
        "m/env.py": "",
        "m/versions/2024/a.py": rev("a"),
        "m/versions/2025/b.py": rev("b", "a"),
        "m/versions/2026/c.py": rev("c", "b"),
        "m/other/z.py": rev("z"),
    }
    years, other = sorted(environments(files), key=lambda item: len(item.locations), reverse=True)
    assert [revision.id for revision in years.graph.ordered()] == ["a", "b", "c"]
    assert not years.graph.problems
    assert other.locations == ("m/other",)


def test_a_location_that_is_not_in_the_project_may_hold_any_revision() -> None:
    ini = "[alembic]\nscript_location = m\nversion_locations = m/versions elsewhere/versions\n"
    files = {"m/env.py": "", "m/versions/b.py": rev("b", "a")}
    (found,) = environments(files, {"alembic.ini": ini})
    assert found.graph.unknown is not None
    assert "elsewhere/versions" in found.graph.unknown
