"""What the body of one class declares: names in order, the last one winning, and what stays unknown."""

from __future__ import annotations

from dataclasses import dataclass, field

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.index.symbols import ClassSymbol, FunctionSymbol
from ormlint.text import Range


@dataclass(eq=False, slots=True)
class Member:
    """One name of a class body. A method has `function`; several functions of one name are its accessors."""

    name: str
    owner: ClassSymbol
    range: Range
    value: e.Expr | None = None
    annotation: e.Expr | None = None
    function: FunctionSymbol | None = None
    accessors: tuple[str, ...] = ()  # "setter", "expression", "inplace.setter" … of a property or hybrid
    nested: ClassSymbol | None = None
    conditional: bool = False


@dataclass(slots=True)
class ClassBody:
    """The members of a class by name, and why there may be more."""

    members: dict[str, Member] = field(default_factory=dict)
    open_reason: str | None = None


_OPENING_CALLS = frozenset({"locals", "vars", "exec", "setattr", "globals"})


def read_class_body(symbol: ClassSymbol) -> ClassBody:
    """Read the body of a class; the order of its statements decides, as it does when Python runs it."""
    body = ClassBody()
    _read_block(symbol, symbol.facts.body, body, conditional=False)
    return body


def _read_block(symbol: ClassSymbol, block: tuple[s.Stmt, ...], body: ClassBody, conditional: bool) -> None:
    for statement in block:
        if isinstance(statement, s.Assign):
            _read_assignment(symbol, statement, body, conditional)
        elif isinstance(statement, s.FunctionStmt):
            _read_function(symbol, statement, body, conditional)
        elif isinstance(statement, s.ClassStmt):
            nested = symbol.module.classes[statement.index]
            body.members[statement.name] = Member(
                statement.name, symbol, nested.facts.name_range, nested=nested, conditional=conditional
            )
        elif isinstance(statement, s.If):
            # What stands under TYPE_CHECKING does not run: the other branch is what the class has.
            is_typing = (e.dotted_name(statement.test) or "").rpartition(".")[2] == "TYPE_CHECKING"
            _read_block(symbol, statement.body, body, True)
            _read_block(symbol, statement.orelse, body, conditional or not is_typing)
        elif isinstance(statement, s.Try):
            for part in (statement.body, statement.orelse, statement.final):
                _read_block(symbol, part, body, True)
            for handler in statement.handlers:
                _read_block(symbol, handler.body, body, True)
        elif isinstance(statement, (s.For, s.While)):
            body.open_reason = body.open_reason or "its body holds a loop"
            _read_block(symbol, statement.body, body, True)
        elif isinstance(statement, s.With):
            body.open_reason = body.open_reason or "its body holds a with statement"
            _read_block(symbol, statement.body, body, True)
        elif isinstance(statement, s.Delete):
            for target in statement.targets:
                if isinstance(target, e.Name):
                    body.members.pop(target.id, None)
        elif isinstance(statement, s.Import):
            for binding in statement.bindings:
                if binding.name:
                    body.members[binding.name] = Member(binding.name, symbol, binding.range)
        elif isinstance(statement, s.OpaqueStmt):
            body.open_reason = body.open_reason or f"part of its body was not read ({statement.reason})"
        elif isinstance(statement, s.ExprStmt):
            call = statement.value
            if isinstance(call, e.Call) and (e.dotted_name(call.func) or "").partition(".")[0] in _OPENING_CALLS:
                body.open_reason = body.open_reason or "its body changes its own names by a call"
        elif isinstance(statement, s.AugAssign) and isinstance(statement.target, e.Name):
            name = statement.target.id
            body.members[name] = Member(name, symbol, statement.target.range, conditional=conditional)


def _read_assignment(symbol: ClassSymbol, statement: s.Assign, body: ClassBody, conditional: bool) -> None:
    for target in statement.targets:
        if isinstance(target, e.Name):
            if statement.value is None and statement.annotation is None:
                continue
            previous = body.members.get(target.id)
            if statement.value is None and previous is not None and previous.value is not None:
                continue
            name = _mangled(symbol, target.id)
            body.members[name] = Member(
                name,
                symbol,
                target.range,
                value=statement.value,
                annotation=statement.annotation,
                conditional=conditional or (previous is not None and conditional),
            )
        elif isinstance(target, e.Display):
            for element in target.elements:
                if isinstance(element, e.Name):
                    body.members[element.id] = Member(element.id, symbol, element.range, conditional=conditional)
        elif isinstance(target, e.Subscript):
            body.open_reason = body.open_reason or "its body changes its own names by a call"


def _mangled(symbol: ClassSymbol, name: str) -> str:
    """Return a private name as Python keeps it: `__secret` of `Model` is `_Model__secret`."""
    if not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{symbol.name.lstrip('_')}{name}"


def _read_function(symbol: ClassSymbol, statement: s.FunctionStmt, body: ClassBody, conditional: bool) -> None:
    function = symbol.module.functions[statement.index]
    for decorator in function.facts.decorators:
        dotted = e.dotted_name(decorator) or ""
        first, _, accessor = dotted.partition(".")
        previous = body.members.get(first)
        if accessor and previous is not None and previous.function is not None:
            # `@name.setter`, `@name.expression`, `@name.inplace.setter`: it adds to what the name is. In the
            # inplace form the function's own name differs, and is the same hybrid once more.
            kind = accessor.rpartition(".")[2]
            body.members[first] = Member(
                first,
                symbol,
                previous.range,
                function=previous.function,
                accessors=(*previous.accessors, kind),
                conditional=conditional,
            )
            if function.name != first:
                if ".inplace." not in f".{dotted}":
                    body.members[function.name] = body.members[first]
                else:
                    body.members.setdefault(
                        function.name,
                        Member(
                            function.name,
                            symbol,
                            function.facts.name_range,
                            function=previous.function,
                            accessors=body.members[first].accessors,
                        ),
                    )
            return
    body.members[statement.name] = Member(
        statement.name, symbol, function.facts.name_range, function=function, conditional=conditional
    )
