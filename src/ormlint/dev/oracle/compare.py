"""What the index says of mapped classes against what SQLAlchemy says: counts, and every difference in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ormlint.index.card import model_card
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.linting.constructors import accepts_keyword
from ormlint.text import SourceText

MAPPED_KINDS = frozenset(
    {
        "column",
        "relationship",
        "backref",
        "synonym",
        "composite",
        "association_proxy",
        "column_property",
        "hybrid",
    }
)


@dataclass
class Comparison:
    """The outcome for one package or module.

    An attribute is *right* when all its facts agree, *partly* right when some are not known to the index,
    *wrong* when one is contradicted.
    """

    classes: int = 0
    missing_classes: list[str] = field(default_factory=list)
    extra_classes: list[str] = field(default_factory=list)
    open_classes: dict[str, str] = field(default_factory=dict)  # class → reason
    right: int = 0
    partly: dict[str, list[str]] = field(default_factory=dict)  # attribute → facts that are not known
    wrong: dict[str, list[str]] = field(default_factory=dict)  # attribute → what differs
    missing: dict[str, str] = field(default_factory=dict)  # attribute → what it really is
    extra: dict[str, str] = field(default_factory=dict)  # attribute → what the index takes it for
    keywords_right: int = 0
    keywords_wrong: list[str] = field(default_factory=list)
    names_wrong: list[str] = field(default_factory=list)  # names that a class has, or has not
    open_constructors: dict[str, str] = field(default_factory=dict)  # class → reason

    @property
    def attributes(self) -> int:
        """How many attributes SQLAlchemy has."""
        return self.right + len(self.partly) + len(self.wrong) + len(self.missing)

    def problems(self) -> list[str]:
        """Return every contradiction. What the index does not know is none: it stands in `partly`."""
        found = [f"{name}: not found" for name in self.missing_classes]
        found += [f"{name}: not mapped" for name in self.extra_classes]
        found += [f"{name}: {item}" for name, items in self.wrong.items() for item in items]
        found += [f"{name}: missing ({kind})" for name, kind in self.missing.items()]
        found += [f"{name}: {kind}, really not mapped" for name, kind in self.extra.items()]
        return found + self.keywords_wrong + self.names_wrong


def compare_classes(
    index: ProjectIndex,
    sources: dict[str, SourceText],
    mapped: Mapping[str, MappedClass],
    wanted: Mapping[str, dict[str, Any]],
) -> Comparison:
    """Compare classes by name with those of a dump (`dump.describe`)."""
    result = Comparison(len(wanted))
    result.missing_classes = sorted(wanted.keys() - mapped.keys())
    result.extra_classes = sorted(mapped.keys() - wanted.keys())
    for name in sorted(wanted.keys() & mapped.keys()):
        card = model_card(index, mapped[name], sources)
        if card["open"]:
            result.open_classes[name] = card["open"]
        _compare_class(result, name, card, wanted[name])
        _compare_constructor(result, name, index, mapped[name], wanted[name]["accepts"])
        _compare_names(result, name, index, mapped[name], wanted[name])
    for name in result.missing_classes:
        result.missing.update({f"{name}.{key}": real["kind"] for key, real in wanted[name]["attributes"].items()})
    return result


def _compare_class(result: Comparison, name: str, card: dict[str, Any], wanted: dict[str, Any]) -> None:
    if card["table"] != wanted["table"]:
        (result.wrong if card["table"] else result.partly)[f"{name}.__tablename__"] = [
            f"table {card['table']!r}, really {wanted['table']!r}"
        ]
    for key, real in wanted["attributes"].items():
        where = f"{name}.{key}"
        found = card["attributes"].get(key)
        if found is None:
            result.missing[where] = real["kind"]
            continue
        wrong, unknown = _compare_attribute(found, real)
        if wrong:
            result.wrong[where] = wrong
        elif unknown:
            result.partly[where] = unknown
        else:
            result.right += 1
    for key, found in card["attributes"].items():
        if found["kind"] in MAPPED_KINDS and key not in wanted["attributes"] and not found.get("conditional"):
            result.extra[f"{name}.{key}"] = found["kind"]


def _compare_attribute(found: dict[str, Any], real: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return what is contradicted and what is not known."""
    kind = "relationship" if found["kind"] == "backref" else found["kind"]
    if kind == "unknown":
        return [], [f"kind not known, really {real['kind']}"]
    if kind != real["kind"]:
        return [f"{kind}, really {real['kind']}"], []
    wrong: list[str] = []
    unknown: list[str] = []

    def judge(what: str, mine: object, theirs: object) -> None:
        if mine != theirs:
            (unknown if mine is None else wrong).append(f"{what} {mine!r}, really {theirs!r}")

    if kind == "column":
        for what in ("column", "primary_key", "nullable", "enum"):
            if what != "enum" or real["enum"] is not None or found["enum"] is not None:
                judge(what, found[what], real[what])
        for what in ("default", "server_default", "onupdate"):
            judge(what, found[what] is not None, real[what])
        keys = sorted(found["foreign_keys"])
        # `ForeignKey(User.id)` is known without the schema of the metadata; `CREATE TABLE` is compared with it.
        whole = [
            key.split(".", 1)[1] if key.count(".") > 1 and key not in keys else key for key in real["foreign_keys"]
        ]
        judge("foreign_keys", None if "?" in keys else keys, sorted(whole))
        if found["type"] is None and not found["foreign_keys"] and real["enum"] is None and real["type"] != "NullType":
            unknown.append(f"type not known, really {real['type']}")
    elif kind == "relationship":
        for what in ("target", "uselist", "back_populates"):
            judge(what, found[what], real[what])
    if found.get("unread"):
        return [], [*wrong, *unknown]  # some arguments are not known, and rules are told so
    return wrong, unknown


def _compare_constructor(
    result: Comparison, name: str, index: ProjectIndex, mapped: MappedClass, accepted: dict[str, bool | None]
) -> None:
    reason = mapped.constructor.open_reason or (None if mapped.open_on_reads else mapped.open_reason)
    if reason is not None:
        result.open_constructors[name] = reason
        return
    if mapped.constructor.kind == "sqlmodel":
        return  # it takes any keyword and drops what it does not know
    for keyword, real in accepted.items():
        if real is None:
            continue
        if accepts_keyword(index, mapped, keyword) == real:
            result.keywords_right += 1
        else:
            said = "refused, really accepted" if real else "accepted, really refused"
            result.keywords_wrong.append(f"{name}({keyword}=…): {said}")


def _compare_names(
    result: Comparison, name: str, index: ProjectIndex, mapped: MappedClass, wanted: dict[str, Any]
) -> None:
    """Compare which names the class has, and whether to set another one raises."""
    if mapped.open_reason is None:
        for key, real in wanted["has"].items():
            attribute = mapped.attributes.get(key)
            if real is None or (attribute is not None and (attribute.bare or attribute.kind == "unknown")):
                continue
            if mapped.style == "sqlmodel" and (attribute is None or attribute.kind != "column"):
                continue  # Pydantic keeps fields and private names off the class
            if index.may_have(mapped, key) != real and not any(
                key in heir.attributes for heir in index.subclasses(mapped)
            ):
                result.names_wrong.append(f"{name}.{key}: {'not known' if real else 'known, really not there'}")
    if wanted["raises"] is not None and wanted["raises"] is not mapped.raises_on_unknown:
        result.names_wrong.append(
            f"{name}: to set an unknown attribute {'raises' if wanted['raises'] else 'is silent'}"
        )


def static_statements(index: ProjectIndex, dialect: str, name_of: Callable[[MappedClass], str]) -> dict[str, str]:
    """Return, by class, the `CREATE TABLE` that the index yields for a database."""
    from ormlint.schema.metadata import build_tables
    from ormlint.schema.render import create_statements, dialect_named

    found: dict[str, str] = {}
    for static in build_tables(index, dialect=dialect).values():
        made = []
        for text in create_statements({static.name: static}, dialect_named(dialect)):
            made.append("\n".join(line for line in text.splitlines() if not line.startswith("--")).rstrip(";"))
        body = "\n".join([*made[:1], *sorted(text for text in made[1:] if text)])
        found.update((name_of(mapped), body) for mapped in static.models)
    return found


def compare_tables(mine: Mapping[str, str], wanted: Mapping[str, str], in_order: bool = True) -> dict[str, list[str]]:
    """Return, by class, how the parts of two `CREATE TABLE` differ: `-` what SQLAlchemy has, `+` what the index has.

    The order counts unless another series of SQLAlchemy made the one or the other: each has an order of its own.
    """
    result: dict[str, list[str]] = {}
    for name, statement in wanted.items():
        if name not in mine:
            result[name] = ["- the whole table"]
            continue
        theirs, ours = statement_parts(statement), statement_parts(mine[name])
        if sorted(theirs) != sorted(ours):
            result[name] = [f"- {part}" for part in theirs if part not in ours]
            result[name] += [f"+ {part}" for part in ours if part not in theirs]
            result[name] = result[name] or ["another number of parts"]
        elif theirs != ours and in_order:
            result[name] = [f"another order: {', '.join(ours)}, really {', '.join(theirs)}"]
    return result


def statement_parts(statement: str) -> list[str]:
    """Return the columns and constraints of a `CREATE TABLE` as SQLAlchemy lays it out, in order; indexes after it."""
    table, *indexes = re.split(r"\n(?=CREATE (?:UNIQUE )?INDEX )", statement)
    head, _, body = table.partition("(")
    body, _, options = body.rpartition(")")
    parts = [" ".join(part.split()) for part in re.split(r",\s*\n", body)]
    return [" ".join(text.split()) for text in (head, *parts, options, *indexes) if text.strip()]
