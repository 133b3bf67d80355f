"""Statements of migrations: branches that cannot be decided are followed both ways, and joined."""

from __future__ import annotations

import copy
from typing import Any

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.schema.replay.expressions import Expressions
from ormlint.schema.replay.machine import Broken, Continued, Raised, Returned
from ormlint.schema.replay.simulated import SimSchema, join
from ormlint.schema.replay.values import BIND, PLAIN, Bound, Built, Function, Scope, Unknown

_LIMIT = 3_000


class Statements(Expressions):
    """One method a kind of statement."""

    def execute(self, statement: s.Stmt, scope: Scope) -> None:
        """Run a statement."""
        self.spend()
        method = getattr(self, f"_do_{type(statement).__name__.lower()}", None)
        if method is not None:
            method(statement, scope)

    def block(self, body: tuple[s.Stmt, ...], scope: Scope) -> None:
        """Run statements."""
        for statement in body:
            self.execute(statement, scope)

    def _do_exprstmt(self, statement: s.ExprStmt, scope: Scope) -> None:
        self.evaluate(statement.value, scope)

    def _do_assign(self, statement: s.Assign, scope: Scope) -> None:
        if statement.value is None:
            return
        value = self.evaluate(statement.value, scope)
        for target in statement.targets:
            self.assign(target, value, scope)

    def _do_augassign(self, statement: s.AugAssign, scope: Scope) -> None:
        value = self.binary(statement.op, self.evaluate(statement.target, scope), self.evaluate(statement.value, scope))
        self.assign(statement.target, value, scope)

    def _do_return(self, statement: s.Return, scope: Scope) -> None:
        raise Returned(self.evaluate(statement.value, scope) if statement.value is not None else None)

    def _do_raise(self, statement: s.Raise, scope: Scope) -> None:
        raise Raised

    def _do_jump(self, statement: s.Jump, scope: Scope) -> None:
        if statement.kind == "break":
            raise Broken
        if statement.kind == "continue":
            raise Continued

    def _do_scopenames(self, statement: s.ScopeNames, scope: Scope) -> None:
        scope.globals.update(statement.names)

    def _do_delete(self, statement: s.Delete, scope: Scope) -> None:
        for target in statement.targets:
            if isinstance(target, e.Subscript):
                owner, key = self.evaluate(target.value, scope), self.evaluate(target.index, scope)
                if isinstance(owner, dict) and not isinstance(key, Unknown):
                    owner.pop(key, None)

    def _do_functionstmt(self, statement: s.FunctionStmt, scope: Scope) -> None:
        scope.names[statement.name] = self.function_value(scope.module, statement.index, scope)

    def _do_classstmt(self, statement: s.ClassStmt, scope: Scope) -> None:
        scope.names[statement.name] = self.class_value(scope.module.classes[statement.index], scope)

    def _do_import(self, statement: s.Import, scope: Scope) -> None:
        for binding in statement.bindings:
            if binding.name != "*":
                scope.names[binding.name] = self.imported(scope, binding)

    # -- branches

    def _do_if(self, statement: s.If, scope: Scope) -> None:
        asked = self.asked_schema
        value = self.evaluate(statement.test, scope)
        truth = self.truth(value)
        if truth is not None:
            try:
                self.block(statement.body if truth else statement.orelse, scope)
            except Raised as error:
                # Migrations succeed: one that raises on an empty database has met other data.
                if self.in_try or error.simulated:
                    raise
                if not _only_leaves(statement.body if truth else statement.orelse):
                    self.unsure_of_constraints()
            return
        test, negated = statement.test, False
        while isinstance(test, e.Unary) and test.op == "not":
            test, negated = test.operand, not negated
        atom = self._atom(test, scope)
        if atom is not None and atom in self.atoms:
            self.block(statement.body if self.atoms[atom] is not negated else statement.orelse, scope)
            return
        if self.guesses and not statement.orelse and _only_leaves(statement.body):
            # A guard that leaves is not taken, here and wherever it is asked again.
            if atom is not None:
                self.atoms[atom] = negated
            return
        self.fork(
            (statement.body, statement.orelse),
            scope,
            self.asked_schema != asked or (isinstance(value, Unknown) and value.of_schema),
        )

    def _atom(self, test: e.Expr, scope: Scope) -> str | None:
        """Return the text of a test about something of another module, the same wherever it is asked."""
        inner = test
        while isinstance(inner, (e.Call, e.Compare, e.Attribute)):
            if isinstance(inner, e.Call):
                inner = inner.func
            else:
                inner = inner.left if isinstance(inner, e.Compare) else inner.value
        if not isinstance(inner, e.Name) or inner.id in scope.names:
            return None
        if inner.id not in scope.module.scope:
            return None
        dotted = e.dotted_name(test.func if isinstance(test, e.Call) else test)
        return dotted if not isinstance(test, e.Call) or not (test.args or test.keywords) else None

    def fork(self, bodies: tuple[tuple[s.Stmt, ...], ...], scope: Scope, about_schema: bool) -> None:
        """Follow each body from here, and join the worlds. `about_schema`: the test asked whether a thing exists."""
        base, was_shared = self.schema, self.shared
        names = dict(scope.names)
        ends: list[tuple[SimSchema, dict[str, Any], Exception | None]] = []
        for body in bodies:
            self.schema, self.shared = base, True
            scope.names.clear()
            scope.names.update(_snapshot(names))
            ended: Exception | None = None
            self.guarded += about_schema
            try:
                self.block(body, scope)
            except (Returned, Broken, Continued, Raised) as error:
                ended = error
            finally:
                self.guarded -= about_schema
            ends.append((self.schema, dict(scope.names), ended))
        live = [end for end in ends if not isinstance(end[2], Raised)] or ends
        going = [end for end in live if end[2] is None] or live
        acting = [end for end in going if end[0] is not base]
        if about_schema and len(acting) == 1 and len(going) == 2:
            going = acting  # "create it unless it is there": both worlds end alike
        self.schema = going[0][0]
        who = f"revision {self.revision}" if self.revision else "the source"
        reason = f"{who} decides it by something that is not known"
        for world, _, _ in going[1:]:
            if world is not self.schema:
                self.schema = join(self.schema, world, reason)
        self.shared = was_shared if self.schema is base else False
        scope.names.clear()
        for name in dict.fromkeys(name for _, found, _ in going for name in found):
            values = [found[name] for _, found, _ in going if name in found]
            alike = all(_same(value, values[0]) for value in values)
            scope.names[name] = values[0] if alike else Unknown(reason)
        left = going[0][2]
        if left is None:
            return
        if isinstance(left, Returned):
            value = left.value
            if any(repr(getattr(end[2], "value", None)) != repr(value) for end in going):
                left = Returned(Unknown(reason))
        raise left

    # -- loops

    def _do_for(self, statement: s.For, scope: Scope) -> None:
        items = self.items(self.evaluate(statement.iter, scope))
        if items is None or len(items) > _LIMIT:
            self.assign(statement.target, Unknown("an item of what is not known"), scope)
            self.fork((statement.body, ()), scope, False)
            return
        for item in items:
            self.assign(statement.target, item, scope)
            try:
                self.block(statement.body, scope)
            except Continued:
                continue
            except Broken:
                return
        self.block(statement.orelse, scope)

    def _do_while(self, statement: s.While, scope: Scope) -> None:
        for _ in range(200):
            truth = self.truth(self.evaluate(statement.test, scope))
            if truth is False:
                return
            if truth is None:
                break
            before, names = self.writes, _snapshot(scope.names)
            try:
                self.block(statement.body, scope)
            except Continued:
                continue
            except Broken:
                return
            if self.writes == before and _alike(names, scope.names):
                return  # it goes round without getting on: what would end it is not known
        self.fork((statement.body, ()), scope, False)

    # -- with and try

    def _do_with(self, statement: s.With, scope: Scope) -> None:
        self._enter(statement, 0, scope)

    def _enter(self, statement: s.With, position: int, scope: Scope) -> None:
        if position == len(statement.items):
            self.block(statement.body, scope)
            return
        item = statement.items[position]
        if isinstance(item.context, e.Call):
            func = self.evaluate(item.context.func, scope)
            if isinstance(func, Function) and func.is_generator:
                args = [self.evaluate(argument, scope) for argument in item.context.args]
                keywords = {key.name: self.evaluate(key.value, scope) for key in item.context.keywords if key.name}
                entered: list[Any] = []

                def body(value: Any) -> None:
                    if entered:
                        return
                    entered.append(value)
                    if item.target is not None:
                        self.assign(item.target, value, scope)
                    self._enter(statement, position + 1, scope)

                self.call_function(func, args, keywords, body)
                return
        value = self.evaluate(item.context, scope)
        if item.target is not None:
            if isinstance(value, Built) and isinstance(value.func, Bound) and value.func.owner is BIND:
                value = BIND
            self.assign(item.target, value, scope)
        try:
            self._enter(statement, position + 1, scope)
        except Raised:
            if not (isinstance(value, Built) and value.name == "contextlib.suppress"):
                raise

    def _do_try(self, statement: s.Try, scope: Scope) -> None:
        try:
            self.in_try += 1
            try:
                self.block(statement.body, scope)
            finally:
                self.in_try -= 1
        except Raised:
            if not statement.handlers:
                raise
            self.block(statement.handlers[0].body, scope)
        else:
            self.block(statement.orelse, scope)
        finally:
            self.block(statement.final, scope)

    def _do_match(self, statement: s.Match, scope: Scope) -> None:
        subject = self.evaluate(statement.subject, scope)
        for case in statement.cases:
            kind = case.pattern.kind
            if kind == "capture" and case.guard is None:
                self.block(case.body, scope)
                return
            if kind == "value" and case.pattern.value is not None and case.guard is None:
                value = self.evaluate(case.pattern.value, scope)
                if not isinstance(subject, Unknown) and value == subject:
                    self.block(case.body, scope)
                    return
                if not isinstance(subject, Unknown):
                    continue
            self.fork((*(other.body for other in statement.cases), ()), scope, False)
            return


def _only_leaves(body: tuple[s.Stmt, ...]) -> bool:
    if isinstance(body[-1], s.Raise):
        return True
    return isinstance(body[-1], s.Return) and all(isinstance(item, (s.Return, s.ExprStmt, s.Jump)) for item in body)


def _snapshot(names: dict[str, Any]) -> dict[str, Any]:
    """Return names with copies of what can be changed in place."""
    return {name: copy.copy(value) if isinstance(value, (list, dict, set)) else value for name, value in names.items()}


def _alike(first: dict[str, Any], second: dict[str, Any]) -> bool:
    """Tell whether names are bound to what they were bound to before, unknown things aside."""
    return first.keys() == second.keys() and all(
        _same(value, second[name]) or isinstance(second[name], Unknown) for name, value in first.items()
    )


def _same(first: Any, second: Any) -> bool:
    if first is second:
        return True
    plain = (*PLAIN, list, tuple, dict, set)
    return type(first) is type(second) and isinstance(first, plain) and bool(first == second)
