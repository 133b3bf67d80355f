"""Statements: the half of the interpreter that walks a body forward, branches joined where they meet."""

from __future__ import annotations

from collections.abc import Callable

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.index.symbols import FunctionSymbol
from ormlint.index.vocabulary import pytest
from ormlint.semantic import events
from ormlint.semantic import types as t
from ormlint.semantic.evaluation import Environment, Evaluator
from ormlint.semantic.narrowing import join_environments, narrow, narrow_class
from ormlint.semantic.substitution import SELF, clip, own_to_self


class Interpreter(Evaluator):
    """Runs one body. `reachable` turns false after a statement that leaves the block."""

    def run(self) -> None:
        """Interpret the whole body, then the functions defined in it."""
        self.reachable = True
        self.returns: list[t.Type] = []
        self.breaks: list[list[Environment]] = []
        self.inner: list[tuple[FunctionSymbol, Environment, Interpreter | None]] = []
        try:
            self.block(self.record.body)
            if self.reachable:
                self.returns.append(t.NONE)
            self.record.returned = clip(t.join(self.returns)) if self.returns else t.NEVER
            own = self.self_class()
            if own is not None and self.model.members.is_mixin(own):
                self.record.returned = own_to_self(self.record.returned, own)
                if self.record.yielded is not None:
                    self.record.yielded = own_to_self(self.record.yielded, own)
            if self.record.symbol is None:
                self.record.env = self.env
            else:
                self._run_inner()
        finally:
            for symbol, _, before in reversed(self.inner):
                self.model.define(symbol, before)

    def _run_inner(self) -> None:
        """Interpret the functions defined in the body, with the names as they were then or are at the end."""
        end = self.env
        for symbol, env, _ in self.inner:
            self.env = join_environments([env, {**env, **end}])
            self.record.inner[id(symbol)] = self.model.inner_record(symbol, self)
        self.env = end

    def _define(self, symbol: FunctionSymbol) -> None:
        if self.record.symbol is not None and self.recording:
            self.inner.append((symbol, dict(self.env), self.model.define(symbol, self)))

    def block(self, block: tuple[s.Stmt, ...]) -> None:
        """Run statements in order; what cannot be reached is run all the same, for its findings' sake, no more."""
        for statement in block:
            if not self.reachable:
                return
            self.statement = statement.start
            _STATEMENTS[type(statement)](self, statement)

    # -- simple statements

    def _expr(self, statement: s.ExprStmt) -> None:
        kind = self.eval(statement.value)
        if isinstance(statement.value, e.Call) and not self.expected:
            if isinstance(kind, (t.Query, t.Statement, t.Coroutine)):
                self.emit(events.DiscardedValue(statement.value, kind, self.record))
        if kind == t.NEVER and isinstance(statement.value, (e.Call, e.Await)):
            self.reachable = False

    def _assign(self, statement: s.Assign) -> None:
        if statement.value is None:
            if isinstance(statement.targets[0], e.Name) and statement.annotation is not None:
                kind = self.model.annotations.read(statement.annotation, self.module)
                self.env[statement.targets[0].id] = kind
            return
        is_list_of_names = isinstance(statement.targets[0], e.Name) and statement.targets[0].id == "__all__"
        kind = self.quiet(statement.value) if is_list_of_names else self.eval(statement.value)
        if statement.annotation is not None:
            declared = self.model.annotations.read(statement.annotation, self.module)
            if not isinstance(declared, (t.Unknown, t.Builtin)):
                kind = _more_exact(declared, kind)
        for target in statement.targets:
            self.bind(target, kind, statement.value)
            self.lazy_loads.assigned(target, statement.value)

    def _augassign(self, statement: s.AugAssign) -> None:
        value = self.eval(statement.value)
        if isinstance(statement.target, e.Name):
            current = self.eval(statement.target)
            if isinstance(current, t.Dict) and isinstance(value, t.Dict) and statement.op == "|":
                items = None if None in (current.items, value.items) else (*(current.items or ()), *(value.items or ()))
                self.env[statement.target.id] = t.Dict(current.key, current.value, items)
            elif isinstance(current, t.Sequence) and isinstance(value, t.Sequence):
                self.env[statement.target.id] = t.Sequence(t.join((current.element, value.element)), current.kind)
            else:
                self.env[statement.target.id] = t.unknown("changed in place")
        else:
            self.bind(statement.target, t.unknown("changed in place"), None)

    def _delete(self, statement: s.Delete) -> None:
        for target in statement.targets:
            if isinstance(target, e.Name):
                self.env[target.id] = t.unknown("deleted")
            elif isinstance(target, e.Subscript):
                owner = self.eval(target.value)
                self.mutations.item(target, owner)
                if isinstance(target.value, e.Name) and isinstance(owner, t.Dict):
                    self.env[target.value.id] = t.Dict(owner.key, owner.value)

    def _return(self, statement: s.Return) -> None:
        self.returns.append(self._returned(statement.value))
        self.reachable = False

    def _returned(self, value: e.Expr | None) -> t.Type:
        """Return the type of a returned value; what a method makes of its own class, its heirs make of theirs."""
        kind = self.eval(value)
        made = value.func if isinstance(value, e.Call) else value
        if isinstance(made, e.Name) and self.attributes.is_self(made.id):
            own = self.self_class()
            if isinstance(kind, t.Instance) and kind.cls is own:
                return SELF
        return kind

    def _raise(self, statement: s.Raise) -> None:
        if statement.value is not None:
            self.eval(statement.value)
        self.reachable = False

    def _assert(self, statement: s.Assert) -> None:
        self.eval(statement.test)
        self.env, _ = narrow(self, statement.test, self.env)

    def _jump(self, statement: s.Jump) -> None:
        if statement.kind == "pass":
            return
        if self.breaks and statement.kind == "break":
            self.breaks[-1].append(dict(self.env))
        self.reachable = False

    def _scope_names(self, statement: s.ScopeNames) -> None:
        for name in statement.names:
            self.outer_names.add(name)
            self.env[name] = t.unknown("a name of an outer scope that is changed here")

    def _import(self, statement: s.Import) -> None:
        if self.record.symbol is None:
            return  # the module's own scope resolves them
        for binding in statement.bindings:
            if binding.name and binding.name != "*":
                symbol = self.index.resolver.imported(self.module, binding)
                self.env[binding.name] = self.model.names.symbol_type(symbol)

    def _function(self, statement: s.FunctionStmt) -> None:
        symbol = self.module.functions[statement.index]
        self.env[statement.name] = t.Function(symbol)
        self._define(symbol)
        if self.record.symbol is not None:
            for inner in walk_statements(self.index.body(symbol)):
                if isinstance(inner, s.ScopeNames):
                    for name in inner.names:
                        if name in self.env:
                            self.volatile.add(name)

    def _class(self, statement: s.ClassStmt) -> None:
        symbol = self.module.classes[statement.index]
        self.env[statement.name] = t.ClassType(symbol)
        for inner in symbol.facts.body:
            if isinstance(inner, s.FunctionStmt):
                self._define(self.module.functions[inner.index])

    def _type_alias(self, statement: s.TypeAlias) -> None:
        self.env[statement.name] = t.unknown("a type alias")

    def _opaque(self, statement: s.OpaqueStmt) -> None:
        """A region that was not read may have bound anything it names; nothing is known of it."""

    # -- branches

    def _if(self, statement: s.If) -> None:
        self.eval(statement.test)
        positive, negative = narrow(self, statement.test, self.env)
        self._branches([(dict(positive), statement.body), (dict(negative), statement.orelse)])

    def _branches(self, branches: list[tuple[Environment, tuple[s.Stmt, ...]]]) -> None:
        ends: list[Environment] = []
        for env, block in branches:
            self.env, self.reachable = env, True
            self.block(block)
            if self.reachable:
                ends.append(self.env)
        self.reachable = bool(ends)
        if ends:
            self.env = join_environments(ends)

    def _for(self, statement: s.For) -> None:
        iterable = self.eval(statement.iter)
        if not statement.is_async:
            self.attributes.awaiting(iterable, "iteration", "", statement.iter)
        element = self.iterate(iterable)

        def enter() -> None:
            self.bind(statement.target, element)
            self.lazy_loads.looped(statement.target, iterable)

        self._loop(statement.body, statement.orelse, enter)

    def _while(self, statement: s.While) -> None:
        def test() -> None:
            self.eval(statement.test)
            self.env, _ = narrow(self, statement.test, self.env)

        self._loop(statement.body, statement.orelse, test)
        if isinstance(statement.test, e.Constant) and statement.test.value and not self._left_by_break:
            self.reachable = False

    def _loop(self, body: tuple[s.Stmt, ...], orelse: tuple[s.Stmt, ...], enter: Callable[[], None]) -> None:
        self.forget_paths()
        before = dict(self.env)
        if _rebinds(body, before):
            # One rehearsal finds the types names have at the end of a turn; joined with those before the
            # loop they hold for every turn.
            recording, self.recording = self.recording, False
            self.breaks.append([])
            enter()
            self.block(body)
            self.breaks.pop()
            self.recording = recording
            self.env = join_environments([before, self.env])
        start = dict(self.env)
        self.reachable = True
        self.breaks.append([])
        enter()
        self.block(body)
        breaks = self.breaks.pop()
        self._left_by_break = bool(breaks)
        ends = [start, *breaks]
        if self.reachable:
            ends.append(self.env)
        self.env, self.reachable = join_environments(ends), True
        if orelse:
            self.block(orelse)
            self.reachable = self.reachable or bool(breaks)

    def _with(self, statement: s.With) -> None:
        for item in statement.items:
            context = self.eval(item.context)
            entered, commits = self.model.functions.enter(context)
            if commits and self.recording:
                self.record.transactions.add(statement.start)
            if item.target is not None:
                self.bind(item.target, entered)
        swallows = any(_swallows(e.dotted_name(_callee(item.context)) or "") for item in statement.items)
        before = dict(self.env)
        self.guarded += swallows
        self.expected += swallows
        self.block(statement.body)
        self.guarded -= swallows
        self.expected -= swallows
        if swallows and not self.reachable:
            self.env, self.reachable = before, True

    def _try(self, statement: s.Try) -> None:
        before = dict(self.env)
        is_probe = len(statement.body) == 1 and isinstance(statement.body[0], _SIMPLE)
        catches = any(_catches_attribute_error(handler, is_probe) for handler in statement.handlers)
        self.guarded += catches
        states = [before]  # an exception may leave the body after any of its statements
        for inner in statement.body:
            self.block((inner,))
            if inner is statement.body[-1] or not isinstance(inner, (s.ExprStmt, s.Return, s.Raise)):
                states.append(dict(self.env))
        self.guarded -= catches
        ends: list[Environment] = []
        raised = join_environments(states)
        if self.reachable:
            self.block(statement.orelse)
        if self.reachable:
            ends.append(self.env)
        for handler in statement.handlers:
            self.env, self.reachable = dict(raised), True
            if handler.type is not None:
                self.eval(handler.type)
            if handler.name:
                self.env[handler.name] = t.unknown("an exception")
            self.block(handler.body)
            if self.reachable:
                ends.append(self.env)
        completes = bool(ends)
        self.env, self.reachable = join_environments(ends) if ends else raised, True
        self.block(statement.final)
        self.reachable = self.reachable and completes

    def _match(self, statement: s.Match) -> None:
        subject = self.eval(statement.subject)
        before = dict(self.env)
        branches: list[Environment] = []
        exhaustive = False
        rest = subject
        for case in statement.cases:
            self.env, self.reachable = dict(before), True
            self.operands.match(statement.subject, subject, case.pattern)
            matched, others = self._matched(case.pattern, rest)
            if isinstance(statement.subject, e.Name) and matched != rest:
                self.env[statement.subject.id] = matched
            self._bind_pattern(case.pattern, matched)
            if case.guard is None:
                rest = others
            if case.guard is not None:
                self.eval(case.guard)
                self.env, _ = narrow(self, case.guard, self.env)
            elif case.pattern.kind == "capture":
                exhaustive = True
            self.block(case.body)
            if self.reachable:
                branches.append(self.env)
        if not exhaustive:
            branches.append(before)
        self.reachable = bool(branches)
        if branches:
            self.env = join_environments(branches)

    def _matched(self, pattern: s.Pattern, subject: t.Type) -> tuple[t.Type, t.Type]:
        """Return the types of a subject that matches a pattern, and of one that does not."""
        if pattern.kind == "capture":
            return subject, subject
        if pattern.kind == "class" and pattern.value is not None:
            wanted = [self.model.annotations.read(pattern.value, self.module)]
            matched, rest = narrow_class(self, subject, wanted)
            return matched, subject if pattern.parts else rest
        if pattern.kind == "value" and isinstance(pattern.value, e.Constant) and pattern.value.value is None:
            return t.NONE, t.without_none(subject)
        if pattern.kind == "or":
            kinds: list[t.Type] = []
            rest = subject
            for part in pattern.parts:
                matched, rest = self._matched(part, rest)
                kinds.append(matched)
            return (t.join(kinds) if kinds else subject), rest
        return subject, subject

    def _bind_pattern(self, pattern: s.Pattern, matched: t.Type) -> None:
        if pattern.name:
            self.env[pattern.name] = matched
        for part in pattern.parts:
            whole = pattern.kind == "or" and len(pattern.parts) == 1
            self._bind_pattern(part, matched if whole else t.unknown("part of a pattern"))

    reachable: bool
    _left_by_break: bool = False


def _swallows(name: str) -> bool:
    """Tell whether a context manager ends exceptions: `suppress`, `pytest.raises`, `self.assertRaises`."""
    last = name.rpartition(".")[2].lower()
    return "suppress" in last or pytest.expects_exception(last)


def _callee(expr: e.Expr) -> e.Expr:
    return expr.func if isinstance(expr, e.Call) else expr


def _catches_attribute_error(handler: s.Handler, is_probe: bool) -> bool:
    """Tell whether a handler expects a missing attribute.

    One that catches everything says so only of a body that is a single statement: around more of them it is
    there to log and to roll back, and a wrong name ends in it every time.
    """
    if handler.type is None:
        return is_probe
    kinds = handler.type.elements if isinstance(handler.type, e.Display) else (handler.type,)
    names = {(e.dotted_name(kind) or "").rpartition(".")[2] for kind in kinds}
    return "AttributeError" in names or (is_probe and bool(names & {"Exception", "BaseException"}))


def _rebinds(body: tuple[s.Stmt, ...], env: Environment) -> bool:
    """Tell whether a loop's body binds a name that has a type before the loop."""
    for statement in walk_statements(body):
        if isinstance(statement, s.Assign):
            if any(isinstance(target, e.Display) for target in statement.targets):
                return True
            if any(isinstance(target, e.Name) and target.id in env for target in statement.targets):
                return True
        elif isinstance(statement, (s.AugAssign, s.Delete, s.With, s.For, s.Try)):
            return True
    return False


def _more_exact(declared: t.Type, given: t.Type) -> t.Type:
    """Return the type of `x: declared = given`: the declaration, unless the value is a case of it."""
    if isinstance(given, (t.Literal, t.Now, t.Moment, t.EnumMember)):
        return given
    if isinstance(given, t.Instance) and given in t.members(declared):
        return given
    if isinstance(given, t.Sequence) and isinstance(declared, t.Sequence) and isinstance(given.element, t.Unknown):
        return declared
    return declared


_SIMPLE = (s.ExprStmt, s.Assign, s.AugAssign, s.Return)
_STATEMENTS: dict[type, Callable[..., None]] = {
    s.ExprStmt: Interpreter._expr,
    s.Assign: Interpreter._assign,
    s.AugAssign: Interpreter._augassign,
    s.Delete: Interpreter._delete,
    s.Return: Interpreter._return,
    s.Raise: Interpreter._raise,
    s.Assert: Interpreter._assert,
    s.If: Interpreter._if,
    s.For: Interpreter._for,
    s.While: Interpreter._while,
    s.With: Interpreter._with,
    s.Try: Interpreter._try,
    s.Match: Interpreter._match,
    s.FunctionStmt: Interpreter._function,
    s.ClassStmt: Interpreter._class,
    s.Import: Interpreter._import,
    s.Jump: Interpreter._jump,
    s.ScopeNames: Interpreter._scope_names,
    s.TypeAlias: Interpreter._type_alias,
    s.OpaqueStmt: Interpreter._opaque,
}
