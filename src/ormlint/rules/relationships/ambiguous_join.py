"""Rule ambiguous-join. Its documentation and tests: ambiguous_join.md."""

from __future__ import annotations

from ormlint.diagnostics import Severity
from ormlint.index.joins import Constraint, between, table_chain
from ormlint.linting import subjects
from ormlint.linting.context import Context, Place
from ormlint.linting.names import listed
from ormlint.linting.relationships import has_any, is_unread, relationships, target_of
from ormlint.linting.rule import Rule, Status

rule = Rule(
    __name__,
    code="ORM507",
    summary="A relationship between classes that several foreign keys join, or none",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
)


@rule.on(subjects.Model)
def ambiguous(context: Context, subject: subjects.Model) -> None:
    mapped = subject.mapped
    for attribute, relationship, call in relationships(context, subject):
        target = target_of(context, attribute, relationship, call)
        if target is None or is_unread(call) or len(call.args) > 1:
            continue
        if has_any(call, "primaryjoin", "secondary", "link_model", "foreign_keys"):
            continue
        found = between(context.index, mapped, target)
        if found is None or len(_ends(found)) == 1:
            continue
        here = f"{mapped.name}.{attribute.name}"
        if found:
            shown = listed(f"`{key.table}.{column}`" for key in found for column in key.columns)
            problem = f"{len(found)} foreign keys join the tables ({shown}) and `foreign_keys` does not say which one"
            error = "AmbiguousForeignKeysError"
        else:
            if not table_chain(context.index, mapped) or not table_chain(context.index, target):
                continue
            problem = f"no foreign key joins `{mapped.table}` and `{target.table}`, in either direction"
            error = "NoForeignKeysError"
        context.report_at(
            attribute.module,
            call.range,
            f"`{here}`: {problem}: the first use of any model of this registry raises {error}",
            symbol=here,
            related=[Place(target.symbol.module.path, target.symbol.facts.name_range, f"`{target.name}`")],
        )


def _ends(found: list[Constraint]) -> set[frozenset[tuple[str, str]]]:
    """Return the different conditions: two constraints over the same columns are one."""
    return {
        frozenset(
            (f"{key.table}.{local}", f"{key.target}.{remote}")
            for local, remote in zip(key.columns, key.target_columns, strict=True)
        )
        for key in found
    }
