"""What `alembic.ini` and `[tool.alembic]` say about where revisions are."""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass

_SEPARATORS = {"os": r":|;", "space": r"\s+", "newline": r"\n", ":": ":", ";": ";", ",": ","}


@dataclass(frozen=True, slots=True)
class AlembicSection:
    """One environment as configured. Paths are as written, with `%(here)s` put in."""

    path: str  # the file that says so
    name: str  # of the section: "alembic" unless chosen by `-n`
    script_location: str
    version_locations: tuple[str, ...] = ()
    recursive: bool = False
    url: str = ""
    file_template: str = ""  # of the names of new revision files, with `%(rev)s` and its like
    slug_length: int = 40

    @property
    def folder(self) -> str:
        """The folder of the file, relative to the project's root; empty for the root itself."""
        return self.path.rpartition("/")[0]


def read_sections(documents: Mapping[str, str]) -> list[AlembicSection]:
    """Return the environments that configuration files declare (path relative to the root → text), in order.

    A file that cannot be parsed says nothing: Alembic itself reports it better.
    """
    found: list[AlembicSection] = []
    for path, text in sorted(documents.items()):
        if path.endswith((".toml", ".ini")):
            found.extend(_toml_sections(path, text) if path.endswith(".toml") else _ini_sections(path, text))
    return found


def _ini_sections(path: str, text: str) -> list[AlembicSection]:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return []
    sections = []
    for name in parser.sections():
        values = {key: value.strip() for key, value in parser.items(name)}
        if "script_location" in values or name == "alembic":
            sections.append(_section(path, name, values))
    return sections


def _toml_sections(path: str, text: str) -> list[AlembicSection]:
    if "tool.alembic" not in text:
        return []
    import tomli

    try:
        table = tomli.loads(text).get("tool", {}).get("alembic")
    except tomli.TOMLDecodeError:
        return []
    if not isinstance(table, dict) or "script_location" not in table:
        return []
    return [_section(path, "alembic", table)]


def _section(path: str, name: str, values: Mapping[str, object]) -> AlembicSection:
    here = path.rpartition("/")[0] or "."

    def text(key: str) -> str:
        value = values.get(key)
        return value.replace("%(here)s", here).replace("%%", "%") if isinstance(value, str) else ""

    locations = values.get("version_locations")
    if isinstance(locations, list):
        places = [item.replace("%(here)s", here) for item in locations if isinstance(item, str)]
    else:
        given = re.sub(r"\s+#.*", "", text("path_separator") or text("version_path_separator"))
        # Without a separator Alembic splits at blanks and commas. A Windows drive is no separator of ours.
        places = re.split(_SEPARATORS.get(given, r"[\s,]+"), text("version_locations"))
    return AlembicSection(
        path,
        name,
        text("script_location"),
        tuple(place.strip() for place in places if place.strip()),
        str(values.get("recursive_version_locations", "")).strip().lower() in ("true", "1", "yes", "on"),
        text("sqlalchemy.url"),
        text("file_template"),
        int(length) if (length := text("truncate_slug_length")).isdigit() else 40,
    )
