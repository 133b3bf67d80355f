"""Which models an environment's revisions are for: its `target_metadata`, and what `env.py` leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_nodes
from ormlint.index.bases import Base, DynamicBase
from ormlint.index.environments import Environment
from ormlint.index.model import MappedClass
from ormlint.index.project import ProjectIndex
from ormlint.index.symbols import ClassSymbol, External, FunctionSymbol, Module, Symbol, Value
from ormlint.index.vocabulary import flask_sqlalchemy, sqlmodel
from ormlint.index.vocabulary.sqlalchemy import DECLARATIVE_BASES
from ormlint.schema.replay.machine import BUDGET, OverBudget, Raised
from ormlint.schema.replay.statements import Statements
from ormlint.schema.replay.values import Function, Scope, Unknown
from ormlint.text.paths import is_test_path

FLASK = "flask"  # all that Flask-SQLAlchemy's extension objects hold


class Metadatas:
    """Names the `MetaData` of classes and of expressions, so that they can be compared."""

    def __init__(self, index: ProjectIndex) -> None:
        self.index = index

    def of(self, mapped: MappedClass) -> str | None:
        """Return the name of a class's `MetaData`; None when it is not known."""
        return FLASK if mapped.style == "flask" else self._of_mro(mapped.mro)

    def of_expr(self, module: Module, expr: e.Expr, depth: int = 0) -> str | None:
        """Return the name of the `MetaData` that an expression is, as `Base.metadata` and `metadata` are."""
        if isinstance(expr, e.Attribute) and expr.attr == "metadata":
            found = self.index.bases.base(module, expr.value)
            if isinstance(found, (ClassSymbol, DynamicBase, External)):
                named = self._of_base(found)
                if named is not None:
                    return named
            owner = self.index.resolver.expr(module, expr.value)
            if isinstance(owner, Value) and self.index.bases.is_flask(owner):
                return FLASK
            if _is_flask_migrate(expr.value):
                return FLASK
        if isinstance(expr, e.Call):
            function = self.index.resolver.expr(module, expr.func)
            if isinstance(function, FunctionSymbol) and depth < 4:
                value, _ = self.index.mapper.members.returned(function)
                return self.of_expr(function.module, value, depth + 1) if value is not None else None
        return self._of_symbol(self.index.resolver.expr(module, expr))

    def of_symbol(self, symbol: Symbol, expr: e.Expr) -> str | None:
        """Name the `MetaData` of `symbol.metadata`, `symbol()` or the symbol itself, as `expr` has it."""
        if isinstance(symbol, FunctionSymbol) and isinstance(expr, e.Call):
            value, _ = self.index.mapper.members.returned(symbol)
            return self.of_expr(symbol.module, value, 1) if value is not None else None
        if isinstance(symbol, (ClassSymbol, Value)) and isinstance(expr, e.Attribute):
            name = e.Name(expr.start, expr.end, symbol.name)
            return self.of_expr(symbol.module, e.Attribute(expr.start, expr.end, name, expr.attr))
        return self._of_symbol(symbol)

    def _of_symbol(self, symbol: Symbol) -> str | None:
        if not isinstance(symbol, Value) or symbol.value is None:
            return None
        if isinstance(symbol.value, e.Call):
            name = (e.dotted_name(symbol.value.func) or "").rpartition(".")[2]
            return f"{symbol.module.path}:{symbol.name}" if name == "MetaData" else None
        if isinstance(symbol.value, (e.Name, e.Attribute)):
            return self.of_expr(symbol.module, symbol.value)
        return None

    def _of_base(self, base: Base) -> str | None:
        return self._of_mro(self.index.bases.mro(base)) if isinstance(base, ClassSymbol) else self._of_mro((base,))

    def _of_mro(self, mro: Iterable[Base]) -> str | None:
        for base in mro:
            if isinstance(base, ClassSymbol):
                given = self.index.mapper.body(base).members.get("metadata")
                if given is not None and given.value is not None:
                    if isinstance(given.value, e.Call):
                        return f"{base.key}.metadata"
                    return self.of_expr(base.module, given.value)
                if self._is_root(base):
                    return base.key
            elif isinstance(base, DynamicBase):
                if base.kind == "flask":
                    return FLASK
                call = base.value.value if base.value is not None else None
                if not isinstance(call, e.Call) or base.value is None:
                    return None
                given_metadata = call.keyword("metadata")
                if given_metadata is not None and not isinstance(given_metadata, e.Call):
                    return self.of_expr(base.value.module, given_metadata)
                return f"{base.value.module.path}:{base.value.name}"
            elif isinstance(base, External):
                if base.name == sqlmodel.BASE:
                    return "sqlmodel"
                if base.name in flask_sqlalchemy.MODELS:
                    return FLASK
        return None

    def _is_root(self, symbol: ClassSymbol) -> bool:
        for decorator in symbol.facts.decorators:
            func = decorator.func if isinstance(decorator, e.Call) else decorator
            if (e.dotted_name(func) or "").rpartition(".")[2] in ("as_declarative", "as_declarative_base"):
                return True
        found = [self.index.resolver.expr(symbol.module, base) for base in symbol.facts.bases]
        return any(isinstance(base, External) and base.name in DECLARATIVE_BASES for base in found)


class _Certain(Statements):
    """An evaluator that gives up where a branch is not decided: what `env.py` leaves out has to be sure."""

    def _do_if(self, statement: s.If, scope: Scope) -> None:
        if self.truth(self.evaluate(statement.test, scope)) is None:
            raise Raised
        super()._do_if(statement, scope)


class Coverage:
    """What one environment compares, as its `env.py` says it; `targets` is None where it does not."""

    def __init__(self, index: ProjectIndex, metadatas: Metadatas, environment: Environment, dialect: str) -> None:
        self.index = index
        self.module = environment.env
        self.targets = self._targets(metadatas)
        self.machine = _Certain(index, dialect)
        self.machine.quiet = 1
        self.machine.guesses = False
        self.filters = list(self._filters())

    def has(self, metadata: str | None) -> bool | None:
        """Tell whether the environment is for a `MetaData`; None when that is not known."""
        if self.targets is None or metadata is None:
            return None
        return metadata in self.targets

    def leaves_out(self, kind: str, name: str, schema: str | None = None, is_made: bool = False) -> bool | None:
        """Tell whether `include_object` or `include_name` leaves a thing out; None when that is not known.

        `kind` is Alembic's word: "table", "column", "unique_constraint" …; `is_made`: only the database has it.
        """
        answers = [self._asked(keyword, function, kind, name, schema, is_made) for keyword, function in self.filters]
        return True if False in answers else None if None in answers else False

    def _asked(
        self, keyword: str, function: object, kind: str, name: str, schema: str | None, is_made: bool
    ) -> bool | None:
        if not isinstance(function, Function):
            return None
        unknown = Unknown("what is compared")
        if keyword == "include_object":
            arguments = [unknown, name, kind, is_made, None]
        elif not is_made:
            return True  # `include_name` is asked of what the database has
        else:
            parents = {"schema_name": schema, "schema_qualified_table_name": f"{schema}.{name}" if schema else name}
            arguments = [name, kind, parents]
        self.machine.steps_left = BUDGET
        try:
            answer = self.machine.call(function, arguments, {}, None)
        except (OverBudget, Raised, RecursionError):
            return None
        return answer if isinstance(answer, bool) else None

    def _targets(self, metadatas: Metadatas) -> frozenset[str] | None:
        if self.module is None:
            return None
        given = [expr for expr in self._given("target_metadata") if not _is_none(expr)]
        found: set[str] = set()
        for expr in given:
            for element in expr.elements if isinstance(expr, e.Display) else (expr,):
                named = metadatas.of_expr(self.module, element) or self._of_local(metadatas, element)
                if named is not None:
                    found.add(named)
                elif isinstance(element, e.Name) and element.id == "target_metadata":
                    continue
                elif not (isinstance(element, e.Name) and element.id not in self.module.scope):  # no parameter
                    return frozenset({FLASK}) if any(map(_is_flask_migrate, self._nodes())) else None
        return frozenset(found) or None

    def _of_local(self, metadatas: Metadatas, expr: e.Expr) -> str | None:
        """Name the `MetaData` of what a function of `env.py` imports: `Base.metadata`, `get_metadata()`."""
        assert self.module is not None
        owner = expr.func if isinstance(expr, e.Call) else expr.value if isinstance(expr, e.Attribute) else expr
        if not isinstance(owner, e.Name) or owner.id in self.module.scope:
            return None
        for node in self._nodes():
            for binding in node.bindings if isinstance(node, s.Import) else ():
                if binding.name == owner.id:
                    found = self.index.resolver.imported(self.module, binding)
                    return metadatas.of_symbol(found, expr)
        return None

    def _filters(self) -> Iterator[tuple[str, object]]:
        if self.module is None:
            return
        scope = self.machine.module_scope(self.module)
        for keyword in ("include_object", "include_name"):
            given = list(self._keywords(keyword))
            if not given and keyword in self.module.scope:
                given = [e.Name(0, 0, keyword)]  # given by `**options`, or by an extension
            for expr in given:
                if isinstance(expr, (e.Name, e.Lambda)):
                    self.machine.steps_left = BUDGET
                    try:
                        yield keyword, self.machine.evaluate(expr, scope)
                    except (OverBudget, Raised, RecursionError):
                        yield keyword, None
                elif not _is_none(expr):
                    yield keyword, None

    def _given(self, name: str) -> Iterator[e.Expr]:
        """Yield what a name of `env.py` is bound to, wherever, and what keywords of that name are given."""
        assert self.module is not None
        for node in self._nodes():
            if isinstance(node, s.Assign) and node.value is not None:
                if any(isinstance(target, e.Name) and target.id == name for target in node.targets):
                    yield node.value
        yield from self._keywords(name)

    def _keywords(self, name: str) -> Iterator[e.Expr]:
        for node in self._nodes():
            given = node.keyword(name) if isinstance(node, e.Call) else None
            if given is not None:
                yield given

    def _nodes(self) -> Iterator[e.Node]:
        assert self.module is not None
        yield from walk_nodes(self.module.interface.body)
        for function in self.module.functions:
            yield from walk_nodes(self.index.body(function))


def created_at_runtime(index: ProjectIndex, metadatas: Metadatas, revisions: set[str]) -> set[str | None]:
    """Return the `MetaData` that the application calls `create_all` of; None among them for one not known."""
    created: set[str | None] = set()
    for path in sorted(index.made_by_calls.creating):
        module = index.module_at(path)
        if module is None or path in revisions or is_test(path):
            continue
        bodies = [module.interface.body, *(index.body(function) for function in module.functions)]
        for node in (node for body in bodies for node in walk_nodes(body)):
            if isinstance(node, e.Attribute) and node.attr == "create_all":
                created.add(_owner(metadatas, module, node.value))
    return created


def _owner(metadatas: Metadatas, module: Module, expr: e.Expr) -> str | None:
    named = metadatas.of_expr(module, expr)
    if named is None:
        owner = metadatas.index.resolver.expr(module, expr)
        if isinstance(owner, Value) and metadatas.index.bases.is_flask(owner):
            return FLASK  # `db.create_all()`
    return named


def is_test(path: str) -> bool:
    """Tell whether a file is a test's, or an example's."""
    return is_test_path(path) or "examples" in path.split("/")[:-1]


def _is_none(expr: e.Expr) -> bool:
    return isinstance(expr, e.Constant) and expr.value is None


def _is_flask_migrate(node: e.Node) -> bool:
    """Tell whether a node is `current_app.extensions["migrate"]` or what belongs to it, as Flask-Migrate writes it."""
    while isinstance(node, e.Attribute):
        node = node.value
    if not isinstance(node, e.Subscript) or not isinstance(node.index, e.Str) or node.index.value != "migrate":
        return False
    return isinstance(node.value, e.Attribute) and node.value.attr == "extensions"
