"""Server defaults: the SQL expression a migration gives, built with SQLAlchemy and spelled as its dialect does."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ormlint.schema.replay.simulated import Default
from ormlint.schema.replay.types import Types
from ormlint.schema.replay.values import Bound, Built, Member, Ref, Unknown, text_of

NEUTRAL = ("Identity", "Computed", "Sequence", "FetchedValue")


class Clauses(Types):
    """Reads `server_default=`."""

    def default_of(self, value: Any) -> Default | Unknown | None:
        """Return a server default; None where there is none."""
        if value is None or value is False or isinstance(value, (Unknown, Default)):
            return None if value is False else value
        if isinstance(value, Built) and value.last == "DefaultClause" and value.args:
            return self.default_of(value.args[0])
        if isinstance(value, (Built, Ref)) and value.last in NEUTRAL:
            return Default(value.last, True, True)
        text = text_of(value)
        if text is not None:
            return Default(text)
        if isinstance(value, Member):
            value = value.value if value.value is not None else Unknown("the value of a member is computed")
            if isinstance(value, Unknown):
                return value
        if isinstance(value, (bool, int, float)):
            return Default(str(value))
        clause = self.clause_of(value)
        if isinstance(clause, Unknown):
            return Unknown(f"its server default was not understood: {clause.reason}")
        try:
            return Default(self._spelled(clause), True)
        except Exception as error:  # whatever SQLAlchemy cannot write as a literal
            return Unknown(f"its server default cannot be written: {error}")

    def clause_of(self, value: Any, depth: int = 0) -> Any:
        """Return an expression of SQL as SQLAlchemy's own, or `Unknown`."""
        if depth > 8:
            return Unknown("an expression nested too deeply")
        if isinstance(value, Ref) and value.name.startswith("sqlalchemy.func."):
            value = Built(value, [], {})
        if isinstance(value, Ref) and value.last in ("true", "false", "null"):
            value = Built(value, [], {})
        text = text_of(value)
        if text is not None or value is None or isinstance(value, (bool, int, float)):
            return sa.literal(text if text is not None else value)
        if not isinstance(value, Built):
            return Unknown("an expression")
        if isinstance(value.func, Bound):
            return self._method_clause(value, depth)
        last, name = value.last, value.name
        arguments = value.args
        if last in ("text", "literal_column") and arguments:
            inner = text_of(arguments[0])
            return sa.text(inner) if inner is not None else Unknown("its text is computed")
        if last in ("true", "false", "null"):
            return {"true": sa.true, "false": sa.false, "null": sa.null}[last]()
        if last in ("literal", "bindparam") and arguments:
            return self.clause_of(arguments[-1], depth + 1)
        if last == "cast" and len(arguments) == 2:
            inner, (kind, _) = self.clause_of(arguments[0], depth + 1), self.type_of(arguments[1])
            return sa.cast(inner, kind) if not isinstance(inner, Unknown) and not isinstance(kind, Unknown) else inner
        if name.startswith("sqlalchemy.func.") or ".functions." in name:
            given = [self.clause_of(argument, depth + 1) for argument in arguments]
            unread = next((item for item in given if isinstance(item, Unknown)), None)
            path = name.partition(".func.")[2] or last
            function: Any = sa.func
            for part in path.split("."):
                function = getattr(function, part)
            return function(*given) if unread is None else unread
        return Unknown(f"`{last or 'an expression'}`")

    def _method_clause(self, value: Built, depth: int) -> Any:
        method = value.func
        assert isinstance(method, Bound)
        if isinstance(method.owner, Built) and method.name in ("self_group", "label"):
            return self.clause_of(method.owner, depth + 1)
        return Unknown(f"`.{method.name}()`")

    def _spelled(self, clause: Any) -> str:
        """Return a clause as `DEFAULT` is followed by it."""
        dialect = self.compiler()
        compiled = dialect.statement_compiler(dialect, None).process(clause, literal_binds=True)
        return str(compiled)
