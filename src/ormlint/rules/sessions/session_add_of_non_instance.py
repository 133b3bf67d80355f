"""Rule session-add-of-non-instance. Its documentation and tests: session_add_of_non_instance.md."""

from __future__ import annotations

from ormlint.diagnostics import Fix, Severity
from ormlint.facts import expressions as e
from ormlint.index.model import MappedClass
from ormlint.linting import fixes, subjects
from ormlint.linting.context import Context
from ormlint.linting.rule import Fixes, Rule, Status
from ormlint.linting.snippets import snippet
from ormlint.semantic import types as t

rule = Rule(
    __name__,
    code="ORM703",
    summary="A session is given what is no instance of a model",
    since="0.1.0",
    severity=Severity.ERROR,
    status=Status.STABLE,
    fixes=Fixes.SOMETIMES,
)

_ONE = frozenset({"add", "delete", "merge", "refresh", "expunge", "expire"})
_ALL = frozenset({"add_all", "delete_all", "merge_all"})


@rule.on(subjects.OrmCall)
def non_instance(context: Context, call: subjects.OrmCall) -> None:
    if not isinstance(call.receiver, t.Session) or not call.args or isinstance(call.args[0][0], e.Starred):
        return
    argument, kind = call.args[0]
    if call.name in _ONE:
        what = _no_instance(context, kind)
        error = "UnmappedInstanceError"
        hint = f"; `{call.name}_all()` takes a list" if isinstance(kind, t.Sequence) and call.name == "add" else ""
    elif call.name in _ALL:
        what = "one object" if _mapped(context, kind) is not None else "None" if kind == t.NONE else ""
        error, hint = "TypeError: it is not iterable", f"; `{call.name.removesuffix('_all')}()` takes one object"
    else:
        return
    if what:
        context.report(
            argument,
            f"`{call.name}()` is given {what}: this raises {error}{hint}",
            symbol=f"{call.name}({snippet(context, argument, 40)})",
            fix=_fix(call, kind),
        )


def _fix(call: subjects.OrmCall, kind: t.Type) -> Fix | None:
    """Call the method for one object, or for several."""
    if not isinstance(call.node.func, e.Attribute):
        return None
    if call.name == "add" and isinstance(kind, t.Sequence):
        name = "add_all"
    elif call.name == "add_all" and isinstance(kind, t.Instance):
        name = "add"
    else:
        return None
    # It always raises as it stands, so nothing that works today is changed.
    return fixes.fix(f"Use `{name}()`", fixes.rename(call.node.func.attr_range, name), safe=True)


def _no_instance(context: Context, kind: t.Type) -> str:
    """Say what a value certainly is where it is no instance of a mapped class."""
    if isinstance(kind, t.ClassType) and context.index.mapped_of(kind.cls) is not None:
        return f"the class `{kind.cls.name}` itself"
    if isinstance(kind, t.Sequence) and kind.kind in ("list", "set", "tuple", "relationship", "iterator"):
        return "a collection"
    if kind == t.NONE:
        return "None"
    if isinstance(kind, (t.Query, t.Statement)):
        return "a query" if isinstance(kind, t.Query) else "a statement"
    # An annotation that says `Dict` is often wrong where a session is given what it is about.
    return "a dict" if isinstance(kind, t.Dict) and kind.items is not None else ""


def _mapped(context: Context, kind: t.Type) -> MappedClass | None:
    """Return the mapped class of an instance that cannot be iterated over."""
    mapped = context.index.mapped_of(kind.cls) if isinstance(kind, t.Instance) else None
    if (
        mapped is None
        or mapped.open_reason is not None
        or mapped.style == "sqlmodel"
        or "__iter__" in mapped.attributes
    ):
        return None
    return mapped
