"""Configuration: where mistakes are said to be, and which folder is the project's."""

from __future__ import annotations

from pathlib import Path

import pytest

from ormlint.linting.rule import Option
from ormlint.project.config import load_project
from ormlint.project.options import ConfigError, settings_from_table

RUFF = """\
[tool.ruff]
exclude = ["x"]
[tool.ruff.lint]
select = ["E"]

"""


def mistake(folder: Path, text: str, name: str = "pyproject.toml") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_project(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("[tool.ormlint]\n\nselect = 'ORM2'\n", "8: `select` takes a list of strings"),
        ("[tool.ormlint]\nexclude = 1\n", "7: `exclude` takes a list of strings"),
        ("[tool]\normlint.exclude = 1\n", "7: `exclude` takes a list of strings"),
        ("[tool]\normlint = { preview = 1 }\n", "`preview` takes true or false"),
        ("[tool.ormlint]\nroot = 'yes'\n", "7: `root` takes true or false"),
        ("[tool.ormlint]\nselect = ['ORM999']\n", "7: `select` names no rule: `ORM999`"),
        ("[tool.ormlint]\nignore = ['string-for-enums']\n", "did you mean `string-for-enum`?"),
        ("[tool.ormlint.per-file-ignores]\n'a' = ['ALL']\n'b/*' = 'ALL'\n", "8: `per-file-ignores.b/*` takes a list"),
        ("[tool.ormlint.per-file-ignores]\n'a.b' = ['E501']\n", "7: `per-file-ignores.a.b` names no rule"),
        ("[tool.ormlint]\nseverity = { ORM999 = 'info' }\n", "7: `severity.ORM999` names no rule"),
        ("[tool.ormlint.severity]\nORM1 = 'info'\nORM2 = 'bad'\n", "8: `severity.ORM2` takes error, warning or info"),
        ("[tool.ormlint.rules.nothing]\n", "6: no rule `nothing`"),
        (
            "[tool.ormlint.rules.phantom-attribute-assignment]\nallow-transient = 'x'\n",
            "7: `rules.phantom-attribute-assignment.allow-transient` takes a list of strings",
        ),
        ("[tool.ormlint.rules]\nphantom-attribute-assignment = 1\n", "7: `rules.phantom-attribute-assignment` takes"),
        ("[tool.ormlint]\ntimestamp-pairs = [['a']]\n", "7: `timestamp-pairs` takes a list of pairs"),
        ("[tool.ormlint]\n'sel ct' = 1 # x\n", "7: unknown key `sel ct`; did you mean `select`?"),
    ],
)
def test_the_line_is_the_one_in_ormlints_own_table(tmp_path: Path, config: str, message: str) -> None:
    found = mistake(tmp_path, RUFF + config)
    assert found.startswith("pyproject.toml:") and message in found


def test_a_file_of_its_own_has_no_table(tmp_path: Path) -> None:
    assert mistake(tmp_path, "preview = true\nselct = []\n", "ormlint.toml").startswith("ormlint.toml:2: unknown key")
    assert "not valid TOML" in mistake(tmp_path, "preview = \n", "ormlint.toml")
    (tmp_path / "ormlint.toml").write_bytes(b"ignore = ['\xff']")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_project(tmp_path)


def test_one_folder_one_file(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "ormlint.toml", ".ormlint.toml"):
        table = "[tool.ormlint]\n" if name == "pyproject.toml" else ""
        (tmp_path / name).write_text(f"{table}extend-exclude = ['{name}']\n")
        assert load_project(tmp_path).settings.extend_exclude == (name,), "the more particular name comes first"


def test_what_marks_a_project(tmp_path: Path) -> None:
    assert not load_project(tmp_path).is_marked
    (tmp_path / ".git").mkdir()
    (tmp_path / "sub").mkdir()
    found = load_project(tmp_path / "sub")
    assert found.is_marked and found.root == tmp_path and found.config is None


def test_without_git_a_packaging_file_marks_a_project(tmp_path: Path) -> None:
    inner = tmp_path / "shop" / "src"
    inner.mkdir(parents=True)
    (tmp_path / "shop" / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    found = load_project(inner)
    assert found.is_marked and found.root == tmp_path / "shop" and found.config is None
    assert not load_project(tmp_path).is_marked
    (tmp_path / ".git").mkdir()
    assert load_project(inner).root == tmp_path, "a work tree is one project"


def test_options_of_rules_keep_their_types(monkeypatch: pytest.MonkeyPatch) -> None:
    from ormlint.checker.registry import load_rules

    options = (
        Option("flag", True, ""),
        Option("number", 3, ""),
        Option("text", "a", ""),
        Option("names", (), ""),
        Option("pairs", (("a", "b"),), ""),
    )
    monkeypatch.setattr(load_rules()["ORM201"], "options", options)

    def resolve(**values: object) -> object:
        table = {"rules": {"ORM201": values}}
        return settings_from_table(table, "file").rules["unknown-constructor-keyword"]

    good = {"flag": False, "number": 4, "text": "b", "names": ["x"], "pairs": [["c", "d"]]}
    assert resolve(**good) == {**good, "names": ("x",), "pairs": (("c", "d"),)}
    for key, value in (("flag", 1), ("number", True), ("number", "4"), ("text", 1), ("names", "x"), ("pairs", ["c"])):
        with pytest.raises(ConfigError, match=f"file: `rules.ORM201.{key}` takes"):
            resolve(**{key: value})
