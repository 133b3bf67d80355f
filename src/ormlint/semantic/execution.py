"""Statements: the half of the interpreter that walks a body forward, branches joined where they meet."""

from __future__ import annotations

from collections.abc import Callable

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.walk import walk_statements
from ormlint.semantic import orm
from ormlint.semantic import types as t
from ormlint.semantic.evaluation import Environment, Evaluator
from ormlint.semantic.narrowing import join_environments, narrow


class Interpreter(Evaluator):
    """Runs one body. `reachable` turns false after a statement that leaves the block."""

    def run(self) -> None:
        """Interpret the whole body, then the functions defined in it."""
        self.reachable = True
        self.returns: list[t.Type] = []
        self.breaks: list[list[Environment]] = []
        self.nested: list[tuple[s.FunctionStmt, Environment]] = []
        self.block(self.record.body)
        if self.reachable:
            self.returns.append(t.NONE)
        self.record.returned = t.join(self.returns) if self.returns else t.NONE
        for statement, env in self.nested:
            symbol = self.module.functions[statement.index]
            self.model.record(symbol, {**self.closure, **env, **self.env})

    def block(self, block: tuple[s.Stmt, ...]) -> None:
        """Run statements in order; what cannot be reached is run all the same, for its findings' sake, no more."""
        for statement in block:
            if not self.reachable:
                return
            self.statement = statement.start
            _STATEMENTS[type(statement)](self, statement)

    # -- simple statements

    def _expr(self, statement: s.ExprStmt) -> None:
        self.eval(statement.value)

    def _assign(self, statement: s.Assign) -> None:
        if statement.value is None:
            if isinstance(statement.targets[0], e.Name) and statement.annotation is not None:
                kind = self.model.annotations.read(statement.annotation, self.module)
                self.env[statement.targets[0].id] = kind
            return
        kind = self.eval(statement.value)
        if statement.annotation is not None:
            declared = self.model.annotations.read(statement.annotation, self.module)
            if not isinstance(declared, (t.Unknown, t.Builtin)):
                kind = _more_exact(declared, kind)
        for target in statement.targets:
            self.bind(target, kind, statement.value)

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
                if isinstance(target.value, e.Name) and isinstance(owner, t.Dict):
                    self.env[target.value.id] = t.Dict(owner.key, owner.value)

    def _return(self, statement: s.Return) -> None:
        self.returns.append(self.eval(statement.value))
        self.reachable = False

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
            self.env[name] = t.unknown("a name of an outer scope that is changed here")

    def _import(self, statement: s.Import) -> None:
        if self.record.symbol is None:
            return  # the module's own scope resolves them
        for binding in statement.bindings:
            if binding.name and binding.name != "*":
                symbol = self.index.resolver.imported(self.module, binding)
                self.env[binding.name] = self.model.symbol_type(symbol)

    def _function(self, statement: s.FunctionStmt) -> None:
        symbol = self.module.functions[statement.index]
        self.env[statement.name] = t.Function(symbol)
        if self.recording:
            self.nested.append((statement, dict(self.env)))

    def _class(self, statement: s.ClassStmt) -> None:
        symbol = self.module.classes[statement.index]
        self.env[statement.name] = t.ClassType(symbol)

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
        element = orm.iterate(iterable)
        self._loop(statement.body, statement.orelse, lambda: self.bind(statement.target, element))

    def _while(self, statement: s.While) -> None:
        def test() -> None:
            self.eval(statement.test)
            self.env, _ = narrow(self, statement.test, self.env)

        self._loop(statement.body, statement.orelse, test)
        if isinstance(statement.test, e.Constant) and statement.test.value and not self._left_by_break:
            self.reachable = False

    def _loop(self, body: tuple[s.Stmt, ...], orelse: tuple[s.Stmt, ...], enter: Callable[[], None]) -> None:
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
            entered, commits = self.model.enter(context)
            if commits and self.recording:
                self.record.transactions.add(statement.start)
            if item.target is not None:
                self.bind(item.target, entered)
        swallows = any("suppress" in (e.dotted_name(_callee(item.context)) or "") for item in statement.items)
        before = dict(self.env)
        self.guarded += swallows
        self.block(statement.body)
        self.guarded -= swallows
        if swallows and not self.reachable:
            self.env, self.reachable = before, True

    def _try(self, statement: s.Try) -> None:
        before = dict(self.env)
        catches = any(_catches_attribute_error(handler) for handler in statement.handlers)
        self.guarded += catches
        self.block(statement.body)
        self.guarded -= catches
        ends: list[Environment] = []
        raised = join_environments([before, dict(self.env)])
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
        for case in statement.cases:
            self.env, self.reachable = dict(before), True
            self.operands.match(statement.subject, subject, case.pattern)
            self._bind_pattern(case.pattern, subject, statement.subject)
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

    def _bind_pattern(self, pattern: s.Pattern, subject: t.Type, expr: e.Expr) -> None:
        if pattern.kind == "capture" and pattern.name:
            self.env[pattern.name] = subject
        elif pattern.kind == "class" and pattern.value is not None:
            matched = self.model.annotations.read(pattern.value, self.module)
            if isinstance(expr, e.Name):
                self.env[expr.id] = matched
            for part in pattern.parts:
                self._bind_pattern(part, t.unknown("part of a pattern"), part.value or expr)
        elif pattern.kind in ("or", "opaque"):
            for part in pattern.parts:
                kind = subject if pattern.kind == "or" and len(pattern.parts) == 1 else t.unknown("a pattern")
                self._bind_pattern(part, kind, expr)
            if pattern.name:
                self.env[pattern.name] = subject

    reachable: bool
    _left_by_break: bool = False


def _callee(expr: e.Expr) -> e.Expr:
    return expr.func if isinstance(expr, e.Call) else expr


def _catches_attribute_error(handler: s.Handler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elements if isinstance(handler.type, e.Display) else (handler.type,)
    names = {(e.dotted_name(kind) or "").rpartition(".")[2] for kind in kinds}
    return bool(names & {"AttributeError", "Exception", "BaseException"})


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
    if isinstance(given, (t.Literal, t.Now, t.EnumMember)):
        return given
    if isinstance(given, t.Instance) and given in t.members(declared):
        return given
    if isinstance(given, t.Sequence) and isinstance(declared, t.Sequence) and isinstance(given.element, t.Unknown):
        return declared
    return declared


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
