"""Expressions to types: the half of the interpreter that reads, and reports what it meets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ormlint.facts import expressions as e
from ormlint.index.symbols import ClassSymbol
from ormlint.semantic import events, orm
from ormlint.semantic import types as t
from ormlint.semantic.attributes import AttributeReader
from ormlint.semantic.calls import CallReader
from ormlint.semantic.lazyloads import LazyLoadReader
from ormlint.semantic.mutations import MutationReader
from ormlint.semantic.narrowing import narrow
from ormlint.semantic.operands import OperandReader
from ormlint.semantic.printing import show
from ormlint.semantic.pyoperators import PythonOperatorReader
from ormlint.semantic.substitution import clip

if TYPE_CHECKING:
    from ormlint.semantic.model import SemanticModel
    from ormlint.semantic.records import FunctionRecord

Environment = dict[str, t.Type]
_AWAITED_ANYWAY = (t.Result, t.Instance, t.NoneType, t.Sequence, t.Loaded)
MAX_DEPTH = 60


class Evaluator:
    """Evaluates expressions in an environment, statement by statement, for one function body."""

    def __init__(self, model: SemanticModel, record: FunctionRecord, closure: Environment | None) -> None:
        self.model = model
        self.index = model.index
        self.record = record
        self.module = record.module
        self.closure = closure or {}
        self.env: Environment = {}
        self.recording = True
        self.statement = 0
        self.depth = 0
        self.has_paths = False
        self.serial = 0  # tells runs of the same body apart
        self.volatile: set[str] = set()  # names that a function inside changes
        self.outer_names: set[str] = set()  # names said to be global or nonlocal
        self.lambda_element: t.Type | None = None  # what the lambda that is read next is called with
        self.guarded = 0  # depth of `try` blocks that catch AttributeError
        self.expected = 0  # depth of `with` blocks that expect an exception
        self.attributes = AttributeReader(self)
        self.calls = CallReader(self)
        self.operands = OperandReader(self)
        self.python_operators = PythonOperatorReader(self)
        self.mutations = MutationReader(self)
        self.lazy_loads = LazyLoadReader(self)

    def emit(self, event: object) -> None:
        """Keep an event, unless this pass over a loop is only a rehearsal."""
        if self.recording:
            self.record.events.append(event)

    def eval(self, expr: e.Expr | None) -> t.Type:
        """Return the type of an expression."""
        if expr is None:
            return t.NONE
        handler = _HANDLERS.get(type(expr))
        if handler is None:
            return t.unknown("an expression that was not read")
        if self.depth > MAX_DEPTH:
            return t.unknown("an expression nested too deeply")
        self.depth += 1
        try:
            return handler(self, expr)
        finally:
            self.depth -= 1

    # -- names

    def _name(self, expr: e.Name) -> t.Type:
        found = self.env.get(expr.id)
        if expr.id in self.volatile:
            return t.unknown("changed by a function inside")
        if found is None:
            found = self.closure.get(expr.id)
        if found is None:
            found = self.model.names.name_type(self.module, expr.id)
        return found

    def callee(self, expr: e.Expr) -> t.Type:
        """Evaluate what is called: a function called is not handed on as a value."""
        if type(expr) is e.Name:
            return self._name(expr)
        return self._attribute(expr) if type(expr) is e.Attribute else self.eval(expr)

    def _value_name(self, expr: e.Name) -> t.Type:
        found = self._name(expr)
        if type(found) is t.Function and self.recording:
            self.record.value_functions.add(id(found.symbol))
        return found

    def _value_attribute(self, expr: e.Attribute) -> t.Type:
        found = self._attribute(expr)
        if type(found) is t.Function and self.recording:
            self.record.value_functions.add(id(found.symbol))
        elif type(found) is t.Unknown and self.recording and expr.attr in self.model.call_sites.names:
            self.record.value_names.add(expr.attr)
        return found

    def _attribute(self, expr: e.Attribute) -> t.Type:
        loaded = self.attributes.load(expr, self.eval(expr.value))
        if self.has_paths:
            path = e.dotted_name(expr)
            if path is not None:
                return self.env.get(path, loaded)
        return loaded

    # -- what is known of `name.attribute`, kept in the environment under its dotted name

    def forget_paths(self, root: str = "") -> None:
        """Forget what tests and assignments told of attributes of a name, or of all names."""
        if self.has_paths:
            prefix = f"{root}."
            for key in [key for key in self.env if "." in key and (not root or key.startswith(prefix))]:
                del self.env[key]

    def quiet(self, expr: e.Expr) -> t.Type:
        """Evaluate again without reporting."""
        recording, self.recording = self.recording, False
        try:
            return self.eval(expr)
        finally:
            self.recording = recording

    def _call(self, expr: e.Call) -> t.Type:
        return self.calls.call(expr)

    # -- literals and displays

    def _str(self, expr: e.Str) -> t.Type:
        if self.recording and expr.value in self.model.call_sites.names:
            self.model.call_sites.spelled(self.record, expr.value)
        found = self.model.literals.get(expr.value)
        if found is None:
            found = self.model.literals[expr.value] = t.Literal(expr.value)
        return found

    def _bytes(self, expr: e.Bytes) -> t.Type:
        return t.Builtin("builtins.bytes")

    def _constant(self, expr: e.Constant) -> t.Type:
        return t.NONE if expr.value is None else t.Literal(expr.value)

    def _fstring(self, expr: e.FString) -> t.Type:
        for part in expr.parts:
            self.eval(part)
        return t.Builtin("builtins.str")

    def _starred(self, expr: e.Starred) -> t.Type:
        return self.eval(expr.value)

    def _slice(self, expr: e.Slice) -> t.Type:
        for part in (expr.lower, expr.upper, expr.step):
            if part is not None:
                self.eval(part)
        return t.Builtin("builtins.slice")

    def _display(self, expr: e.Display) -> t.Type:
        kinds: list[t.Type] = []
        is_fixed = expr.kind == "tuple"
        for element in expr.elements:
            kind = self.eval(element)
            if isinstance(element, e.Starred):
                is_fixed = False
                kind = self.iterate(kind)
            kinds.append(kind)
        if t.NEVER in kinds:
            return t.NEVER  # what has a part that never comes is never made
        if is_fixed:
            return t.TupleOf(tuple(kinds))
        element_type = t.join(kinds) if kinds else t.unknown("elements of an empty list")
        return t.Sequence(element_type, expr.kind)

    def _dict(self, expr: e.DictDisplay) -> t.Type:
        items: list[tuple[str, t.Type, e.Expr]] | None = []
        keys: list[t.Type] = []
        values: list[t.Type] = []
        for item in expr.items:
            value = self.eval(item.value)
            if item.key is None:
                if isinstance(value, t.Dict) and value.items is not None and items is not None:
                    items.extend(value.items)
                else:
                    items = None
                continue
            key = self.eval(item.key)
            keys.append(key)
            values.append(value)
            if isinstance(key, t.Literal) and isinstance(key.value, str) and items is not None:
                items.append((key.value, value, item.key))
            else:
                items = None
        if t.NEVER in values or t.NEVER in keys:
            return t.NEVER
        key_type = t.join(keys) if keys else t.unknown("keys of an empty dict")
        value_type = t.join(values) if values else t.unknown("values of an empty dict")
        return t.Dict(key_type, value_type, tuple(items) if items is not None else None)

    # -- operators

    def _subscript(self, expr: e.Subscript) -> t.Type:
        value = self.eval(expr.value)
        index = self.eval(expr.index)
        if isinstance(value, t.ClassType):
            arguments = expr.index.elements if isinstance(expr.index, e.Display) else (expr.index,)
            args = tuple(self.model.annotations.read(argument, self.module) for argument in arguments)
            return t.ClassType(value.cls, args)
        if t.NEVER in (value, index):
            return t.NEVER
        self.attributes.awaiting(value, "subscript", "", expr)
        if isinstance(value, t.Union_):
            members = t.members(t.without_none(value))
            return t.join(self._element(expr, member, index) for member in members)
        return self._element(expr, value, index)

    def _element(self, expr: e.Subscript, value: t.Type, index: t.Type) -> t.Type:
        is_slice = isinstance(expr.index, e.Slice)
        if isinstance(value, t.Sequence):
            return value if is_slice else value.element
        if isinstance(value, t.TupleOf):
            if isinstance(index, t.Literal) and isinstance(index.value, int) and not is_slice:
                if -len(value.elements) <= index.value < len(value.elements):
                    return value.elements[index.value]
            return t.unknown("an element of a tuple")
        if isinstance(value, t.Row):
            if value.entities and isinstance(index, t.Literal) and isinstance(index.value, int):
                if -len(value.entities) <= index.value < len(value.entities):
                    return value.entities[index.value]
            return t.unknown("an element of a row")
        if isinstance(value, t.Query):
            return t.Sequence(orm.query_row(value)) if is_slice else orm.query_row(value)
        if isinstance(value, t.Dict):
            if value.items is not None and isinstance(index, t.Literal):
                for key, kind, _ in value.items:
                    if key == index.value:
                        return kind
            return value.value
        if isinstance(value, (t.Attr, t.SqlExpression)):
            return t.SQL
        if isinstance(value, t.ExternalObject):
            return value  # `scoped_session[Session]`, a generic alias
        if isinstance(value, t.Instance):
            return self._own_method(value, "__getitem__")
        return t.unknown("an element of something unknown")

    def _own_method(self, owner: t.Instance, name: str) -> t.Type:
        """Call a special method that a class of the project defines itself."""
        method = self.model.members.of_instance(owner, name)
        if isinstance(method, t.Function):
            return self.model.functions.call(method, None)
        return t.unknown(f"`{name}` of {show(owner)}")

    def iterate(self, kind: t.Type) -> t.Type:
        """Return the element type of an iteration, by `__iter__` for objects of the project."""
        if isinstance(kind, t.Union_):
            return t.join(self.iterate(member) for member in kind.members if not isinstance(member, t.NoneType))
        if isinstance(kind, t.Instance):
            for name in ("__iter__", "__aiter__"):
                found = self._own_method(kind, name)
                if isinstance(found, t.Instance):
                    found = self._own_method(found, "__next__" if name == "__iter__" else "__anext__")
                    return found.result if isinstance(found, t.Coroutine) else found
                if not isinstance(found, t.Unknown):
                    return orm.iterate(found)
        return orm.iterate(kind)

    def _compare(self, expr: e.Compare) -> t.Type:
        left = self.eval(expr.left)
        left_expr = expr.left
        is_sql = False
        for comparison in expr.rest:
            right = self.eval(comparison.right)
            self.operands.compare(left_expr, left, comparison.op, comparison.right, right)
            if isinstance(left, (t.Attr, t.SqlExpression)) or isinstance(right, (t.Attr, t.SqlExpression)):
                is_sql = comparison.op not in ("is", "is not", "in", "not in")
            left, left_expr = right, comparison.right
        if len(expr.rest) > 1 and self.recording:
            self.python_operators.chain(expr)
        return t.SQL if is_sql else t.Builtin("builtins.bool")

    def _boolop(self, expr: e.BoolOp) -> t.Type:
        self.python_operators.within(expr)
        left = self.eval(expr.left)
        saved = self.env
        positive, negative = narrow(self, expr.left, dict(saved))
        self.env = positive if expr.op == "and" else negative
        right = self.eval(expr.right)
        assigned = {name: kind for name, kind in self.env.items() if name not in saved}
        self.env = saved
        self.env.update(assigned)
        if isinstance(left, t.SqlExpression) and isinstance(right, (t.Attr, t.SqlExpression)) and self.recording:
            self.python_operators.boolean(expr)
        if expr.op == "or":
            return t.join((t.without_none(left), right))
        return t.join((left, right))

    def _unary(self, expr: e.Unary) -> t.Type:
        operand = self.eval(expr.operand)
        if operand == t.NEVER:
            return t.NEVER
        if expr.op == "not":
            return t.Builtin("builtins.bool")
        if isinstance(operand, t.Literal) and isinstance(operand.value, (int, float)) and expr.op == "-":
            return t.Literal(-operand.value)
        if isinstance(operand, (t.Attr, t.SqlExpression)):
            return t.SQL
        return t.unknown("a computed value")

    def _binary(self, expr: e.Binary) -> t.Type:
        left, right = self.eval(expr.left), self.eval(expr.right)
        if t.NEVER in (left, right):
            return t.NEVER
        if expr.op == "-":
            self.operands.compare(expr.left, left, "-", expr.right, right)
        if isinstance(left, (t.Now, t.Moment)) and left.aware is not None and expr.op in ("+", "-"):
            # What is added can only be a timedelta; what is subtracted may be another time.
            if expr.op == "+" or right == t.Builtin("datetime.timedelta"):
                return t.Moment(left.aware, f"{left.spelling} {expr.op} …")
        if isinstance(left, (t.Attr, t.SqlExpression)) or isinstance(right, (t.Attr, t.SqlExpression)):
            return t.SQL
        if expr.op == "+" and isinstance(left, t.Sequence) and isinstance(right, t.Sequence):
            return t.Sequence(t.join((left.element, right.element)), left.kind)
        if expr.op == "|" and isinstance(left, t.Dict) and isinstance(right, t.Dict):
            items = None if left.items is None or right.items is None else (*left.items, *right.items)
            return t.Dict(t.join((left.key, right.key)), t.join((left.value, right.value)), items)
        return t.unknown("a computed value")

    def is_zone(self, expr: e.Expr) -> bool:
        """Tell whether an argument is surely a time zone: `timezone.utc`, `UTC`, `ZoneInfo("…")`."""
        kind = self.quiet(expr)
        return isinstance(kind, (t.ExternalObject, t.Builtin))

    def _conditional(self, expr: e.Conditional) -> t.Type:
        self.eval(expr.test)
        saved = self.env
        positive, negative = narrow(self, expr.test, dict(saved))
        self.env = positive
        body = self.eval(expr.body)
        self.env = negative
        orelse = self.eval(expr.orelse)
        self.env = saved
        return t.join((body, orelse))

    def _await(self, expr: e.Await) -> t.Type:
        value = self.eval(expr.value)
        results = [member.result if isinstance(member, t.Coroutine) else None for member in t.members(value)]
        if all(result is not None for result in results):
            return t.join(result for result in results if result is not None)
        if isinstance(value, (t.Unknown, t.Never)):
            return value
        if all(isinstance(member, _AWAITED_ANYWAY) for member in t.members(value)):
            return value  # what an undeclared session gives is awaited where the session is async
        return t.unknown("an awaited value")

    def _walrus(self, expr: e.Walrus) -> t.Type:
        value = self.eval(expr.value)
        if expr.name:
            self.env[expr.name] = value
            self.forget_paths(expr.name)
        return value

    def _yield(self, expr: e.Yield) -> t.Type:
        value = self.eval(expr.value)
        if expr.is_from:
            value = orm.iterate(value)
        value = clip(value)
        self.record.yielded = value if self.record.yielded is None else t.join((self.record.yielded, value))
        return t.unknown("a value sent to a generator")

    def _lambda(self, expr: e.Lambda) -> t.Type:
        saved = self.env
        self.env = dict(saved)
        for param in expr.params:
            self.env[param.name] = t.unknown("a parameter of a lambda")
        if self.lambda_element is not None and len(expr.params) == 1 and not expr.params[0].kind:
            self.env[expr.params[0].name], self.lambda_element = self.lambda_element, None
        result = self.eval(expr.body)
        self.env = saved
        return t.Partial(result)

    def _comprehension(self, expr: e.Comprehension) -> t.Type:
        saved = self.env
        self.env = dict(saved)
        for clause in expr.clauses:
            self.bind(clause.target, self.iterate(self.eval(clause.iter)))
            for condition in clause.conditions:
                self.eval(condition)
                self.env, _ = narrow(self, condition, self.env)
        element = self.eval(expr.element)
        result: t.Type
        if expr.value is not None:
            result = t.Dict(element, self.eval(expr.value))
        else:
            result = (
                t.NEVER
                if element == t.NEVER
                else t.Sequence(element, "iterator" if expr.kind == "generator" else expr.kind)
            )
        self.env = saved
        return result

    # -- binding

    def bind(self, target: e.Expr, kind: t.Type, value: e.Expr | None = None) -> None:
        """Bind an assignment's target to a type."""
        if isinstance(target, e.Name):
            self.lazy_loads.forget(target.id)
            self.env[target.id] = kind
            self.forget_paths(target.id)
            if target.id in self.outer_names:
                known = self.record.global_types.get(target.id)
                self.record.global_types[target.id] = kind if known is None else t.join((known, kind))
        elif isinstance(target, e.Display):
            self._unpack(target, kind, value)
        elif isinstance(target, e.Attribute):
            self.attributes.store(target, kind, value)
        elif isinstance(target, e.Subscript):
            self._store_item(target, kind, value)
        elif isinstance(target, e.Starred):
            self.bind(target.value, t.Sequence(kind))

    def _unpack(self, target: e.Display, kind: t.Type, value: e.Expr | None) -> None:
        elements = target.elements
        stars = [position for position, element in enumerate(elements) if isinstance(element, e.Starred)]
        parts: tuple[t.Type, ...] | None = None
        if isinstance(kind, t.TupleOf):
            parts = kind.elements
        elif isinstance(kind, t.Row):
            parts = kind.entities
        elif isinstance(kind, t.Union_):
            parts = _parts_of_all(kind)
        values = value.elements if isinstance(value, e.Display) and len(value.elements) == len(elements) else None
        if parts is not None and len(parts) == len(elements) and not stars:
            for position, element in enumerate(elements):
                self.bind(element, parts[position], values[position] if values else None)
            return
        if parts is not None and len(stars) == 1 and len(parts) >= len(elements) - 1:
            star = stars[0]
            after = len(elements) - star - 1
            for position in range(star):
                self.bind(elements[position], parts[position])
            middle = parts[star : len(parts) - after]
            starred = t.join(middle) if middle else t.unknown("an empty rest")
            self.bind(elements[star], starred)
            for position in range(after):
                self.bind(elements[star + 1 + position], parts[len(parts) - after + position])
            return
        each = t.unknown("unpacked") if isinstance(kind, (t.TupleOf, t.Row, t.Union_)) else self.iterate(kind)
        for element in elements:
            self.bind(element, each)

    def _store_item(self, target: e.Subscript, kind: t.Type, value: e.Expr | None) -> None:
        owner = self.eval(target.value)
        key = self.eval(target.index)
        self.mutations.item(target, owner)
        if isinstance(target.value, e.Name) and isinstance(owner, t.Dict):
            items = None
            if owner.items is not None and isinstance(key, t.Literal) and isinstance(key.value, str):
                rest = tuple(item for item in owner.items if item[0] != key.value)
                items = (*rest, (key.value, kind, target.index))
            self.env[target.value.id] = t.Dict(_widen(owner.key, key), _widen(owner.value, kind), items)

    def self_class(self) -> ClassSymbol | None:
        """Return the class whose method this body is, or None."""
        return self.record.symbol.owner if self.record.symbol is not None else None

    def reveal(self, node: e.Call, text: str, kind: t.Type | None = None) -> None:
        """Report a type to a test document."""
        self.emit(events.Reveal(node, text, self.record, kind))


def _parts_of_all(kind: t.Union_) -> tuple[t.Type, ...] | None:
    """Return what stands at each place of several tuples of one length; None for anything else."""
    members = [member for member in kind.members if not isinstance(member, t.NoneType)]
    tuples = [member.elements for member in members if isinstance(member, t.TupleOf)]
    if not tuples or len(tuples) < len(members) or len(set(map(len, tuples))) > 1:
        return None
    return tuple(t.join(place) for place in zip(*tuples, strict=True))


def _widen(known: t.Type, more: t.Type) -> t.Type:
    return more if isinstance(known, t.Unknown) else t.join((known, more))


_HANDLERS: dict[type, Callable[..., t.Type]] = {
    e.Name: Evaluator._value_name,
    e.Attribute: Evaluator._value_attribute,
    e.Call: Evaluator._call,
    e.Str: Evaluator._str,
    e.Constant: Evaluator._constant,
    e.FString: Evaluator._fstring,
    e.Display: Evaluator._display,
    e.DictDisplay: Evaluator._dict,
    e.Subscript: Evaluator._subscript,
    e.Compare: Evaluator._compare,
    e.BoolOp: Evaluator._boolop,
    e.Unary: Evaluator._unary,
    e.Binary: Evaluator._binary,
    e.Conditional: Evaluator._conditional,
    e.Await: Evaluator._await,
    e.Comprehension: Evaluator._comprehension,
    e.Lambda: Evaluator._lambda,
    e.Walrus: Evaluator._walrus,
    e.Yield: Evaluator._yield,
    e.Starred: Evaluator._starred,
    e.Bytes: Evaluator._bytes,
    e.Slice: Evaluator._slice,
}
