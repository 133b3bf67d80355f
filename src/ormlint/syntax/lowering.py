"""Statements, functions and classes to facts; the entry point of reading a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ormlint.facts import statements as s
from ormlint.facts.expressions import Attribute, Display, Expr, Opaque, dotted_name
from ormlint.facts.module import (
    ClassFacts,
    Comment,
    FunctionFacts,
    ModuleBodies,
    ModuleFacts,
    ModuleInterface,
    SyntaxProblem,
)
from ormlint.syntax.expressions import EXTRAS, ExpressionLowering, first_named
from ormlint.syntax.imports import from_bindings, plain_bindings
from ormlint.syntax.methods import forwarded_keywords, self_stores
from ormlint.syntax.parser import parse
from ormlint.syntax.patterns import PatternLowering
from ormlint.syntax.problems import blank_broken_region, syntax_problems
from ormlint.text import Range, SourceText

if TYPE_CHECKING:
    from tree_sitter import Node

    from ormlint.facts.statements import Stmt

_DIRECTIVE = re.compile(rb"noqa|ormlint:|type:[ \t]*ignore", re.IGNORECASE)
_DIRECTIVES = (b"noqa", b"ormlint:")
_LONE_RETURN = re.compile(rb"\r(?!\n)")
_ROUNDS = 4

# Each `elif` is an `if` within the last one; all that follows statements goes down as many levels.
_MOST_BRANCHES = 300


@dataclass(frozen=True)
class ParsedModule:
    """A parsed file: its tree, the text the tree was made from, and the regions that are not Python."""

    root: Node
    data: bytes
    problems: tuple[SyntaxProblem, ...]


def lower_module(source: SourceText) -> ModuleFacts:
    """Read one file. A region that is not Python becomes a problem, and the rest is read."""
    return lower_parsed(parse_module(source))


def parse_module(source: SourceText) -> ParsedModule:
    """Parse one file; broken regions that swallow what follows are blanked, as often as it takes."""
    data = source.data
    if b"\r" in data:  # the grammar knows no line that ends with a carriage return alone
        data = _LONE_RETURN.sub(b"\n", data)
    root = parse(data).root_node
    problems: list[SyntaxProblem] = []
    for _ in range(_ROUNDS):
        if not root.has_error:
            break
        found = syntax_problems(root, data)
        remaining = blank_broken_region(root, data)
        problems.extend(problem for problem in found if all(problem.start != known.start for known in problems))
        if remaining is None:
            break
        data = remaining
        root = parse(data).root_node
    return ParsedModule(root, data, tuple(problems))


def lower_parsed(parsed: ParsedModule) -> ModuleFacts:
    """Return the facts of a parsed file."""
    root, data, problems = parsed.root, parsed.data, parsed.problems
    lowering = _ModuleLowering(data)
    body = lowering.block(root)
    interface = ModuleInterface(
        body,
        tuple(lowering.classes[index] for index in range(len(lowering.classes))),
        tuple(lowering.functions[index] for index in range(len(lowering.functions))),
        tuple(sorted((*problems, *lowering.of_python_2()), key=lambda problem: problem.start)),
        _comments(root, data),
        tuple(lowering.attached),
        tuple(lowering.e.marked_calls),
    )
    bodies = ModuleBodies(tuple(lowering.bodies[index] for index in range(len(lowering.bodies))))
    return ModuleFacts(interface, bodies)


def _comments(root: Node, data: bytes) -> tuple[Comment, ...]:
    comments: list[Comment] = []
    lowered = data.lower()  # to look for each word takes a tenth of what the expression does
    if not any(word in lowered for word in _DIRECTIVES) and not (b"type:" in lowered and b"ignore" in lowered):
        return ()
    for match in _DIRECTIVE.finditer(data):
        node = root.descendant_for_byte_range(match.start(), match.start())
        if node is None or node.type not in EXTRAS or (comments and comments[-1].start == node.start_byte):
            continue
        start, end = node.start_byte, node.end_byte
        line_start = max(data.rfind(b"\n", 0, start), data.rfind(b"\r", 0, start)) + 1
        standalone = not data[line_start:start].strip()
        comments.append(Comment(start, end, data[start:end].decode("utf-8", "replace").rstrip(), standalone))
    return tuple(comments)


class _ModuleLowering:
    """The state of lowering one file: tables of classes and functions, and the scope being read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.e = ExpressionLowering(data, lambda text: parse(text).root_node)
        self.patterns = PatternLowering(self.e)
        self.classes: dict[int, ClassFacts] = {}
        self.functions: dict[int, FunctionFacts] = {}
        self.bodies: dict[int, tuple[Stmt, ...]] = {}
        self.attached: list[s.Assign] = []
        self.python_2: list[Range] = []  # statements of it
        self.prefix = ""
        self.owner = -1  # class whose body is being read
        self.function = -1  # function whose body is being read
        self.conditional = 0  # depth of `if` and `try` in the current scope
        self.depth = 0

    def of_python_2(self) -> tuple[SyntaxProblem, ...]:
        """Return what is said of all statements of Python 2: a file of it has many, and one line tells enough."""
        if not self.python_2:
            return ()
        first = min(self.python_2, key=lambda place: place.start)
        more = f", the first of {len(self.python_2)} here" if len(self.python_2) > 1 else ""
        return (SyntaxProblem(first.start, first.end, f"a statement of Python 2{more}"),)

    def block(self, node: Node | None) -> tuple[Stmt, ...]:
        """Lower the statements below a block or module."""
        if node is None:
            return ()
        self.depth += 1
        try:
            if self.depth > 100:  # Python itself allows 100 levels of indentation
                return (s.OpaqueStmt(node.start_byte, node.end_byte, "nested too deeply"),)
            result: list[Stmt] = []
            places = self.e.places
            for child in node.named_children:
                kind = child.type
                if kind in EXTRAS:
                    continue
                start, end = places[child.start_byte], places[child.end_byte]
                handler = _HANDLERS.get(kind)
                if handler is None:
                    reason = "syntax error" if kind == "ERROR" else kind
                    if kind in ("print_statement", "exec_statement"):
                        self.python_2.append(Range(start, end))
                    result.append(s.OpaqueStmt(start, end, reason))
                else:
                    result.append(handler(self, child, start, end))
            return tuple(result)
        finally:
            self.depth -= 1

    # -- simple statements

    def _expression(self, node: Node, start: int, end: int) -> Stmt:
        children = node.named_children
        inner = children[0] if children else None
        if inner is None:
            return s.OpaqueStmt(start, end, "empty")
        kind = inner.type
        if kind == "assignment":
            return self._assignment(inner, start, end)
        if kind == "augmented_assignment":
            op = inner.child_by_field_name("operator")
            target = self.e.expr(inner.child_by_field_name("left"))
            value = self.e.expr(inner.child_by_field_name("right"))
            return s.AugAssign(start, end, target, op.type[:-1] if op is not None else "", value)
        if len(children) > 1:
            elements = [child for child in children if child.type not in EXTRAS]
            if len(elements) > 1:  # `a, b` as a statement has no node of its own
                values = tuple(self.e.expr(child) for child in elements)
                return s.ExprStmt(start, end, Display(start, end, "tuple", values))
        return s.ExprStmt(start, end, self.e.expr(inner))

    def _assignment(self, node: Node, start: int, end: int) -> Stmt:
        targets: list[Expr] = []
        annotation: Expr | None = None
        right: Node | None = node
        value: Expr | None = None
        while right is not None:
            if right.type != "assignment":
                value = self.e.expr(right)
                break
            targets.append(self.e.expr(right.child_by_field_name("left")))
            if (kind := right.child_by_field_name("type")) is not None:
                annotation = self.e.annotation(kind)
            right = right.child_by_field_name("right")
        statement = s.Assign(start, end, tuple(targets), value, annotation)
        for target in targets:
            owner = dotted_name(target.value) if isinstance(target, Attribute) else None
            if owner and (owner.rpartition(".")[2][:1].isupper() or owner.endswith("__table__")):
                self.attached.append(statement)
        return statement

    def _return(self, node: Node, start: int, end: int) -> Stmt:
        inner = first_named(node)
        return s.Return(start, end, self.e.expr(inner) if inner is not None else None)

    def _raise(self, node: Node, start: int, end: int) -> Stmt:
        inner = first_named(node)
        return s.Raise(start, end, self.e.expr(inner) if inner is not None else None)

    def _assert(self, node: Node, start: int, end: int) -> Stmt:
        return s.Assert(start, end, self.e.expr(first_named(node)))

    def _delete(self, node: Node, start: int, end: int) -> Stmt:
        inner = self.e.expr(first_named(node))
        targets = inner.elements if isinstance(inner, Display) else (inner,)
        return s.Delete(start, end, targets)

    def _scope_names(self, node: Node, start: int, end: int) -> Stmt:
        return s.ScopeNames(start, end, tuple(self.e.text(child) for child in node.named_children))

    def _type_alias(self, node: Node, start: int, end: int) -> Stmt:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return s.OpaqueStmt(start, end, "type alias")
        name = self.e.text(left).partition("[")[0].strip()
        return s.TypeAlias(start, end, name, self.e.annotation(right) or Opaque(start, end, "type alias"))

    # -- imports

    def _import(self, node: Node, start: int, end: int) -> Stmt:
        return s.Import(start, end, plain_bindings(self.e, node))

    def _import_from(self, node: Node, start: int, end: int) -> Stmt:
        return s.Import(start, end, from_bindings(self.e, node))

    def _future(self, node: Node, start: int, end: int) -> Stmt:
        return s.Import(start, end, ())

    # -- compound statements

    def _if(self, node: Node, start: int, end: int) -> Stmt:
        clauses = node.children_by_field_name("alternative")
        if len(clauses) > _MOST_BRANCHES:
            return s.OpaqueStmt(start, end, "too many branches")
        self.conditional += 1
        test = self.e.expr(node.child_by_field_name("condition"))
        body = self.block(node.child_by_field_name("consequence"))
        orelse: tuple[Stmt, ...] = ()
        for clause in reversed(clauses):
            if clause.type == "else_clause":
                orelse = self.block(clause.child_by_field_name("body"))
            else:
                inner_test = self.e.expr(clause.child_by_field_name("condition"))
                inner = self.block(clause.child_by_field_name("consequence"))
                orelse = (s.If(clause.start_byte, end, inner_test, inner, orelse),)
        self.conditional -= 1
        return s.If(start, end, test, body, orelse)

    def _for(self, node: Node, start: int, end: int) -> Stmt:
        target = self.e.expr(node.child_by_field_name("left"))
        iterable = self.e.expr(node.child_by_field_name("right"))
        self.conditional += 1
        body = self.block(node.child_by_field_name("body"))
        orelse = self._else(node)
        self.conditional -= 1
        return s.For(start, end, target, iterable, body, orelse, node.children[0].type == "async")

    def _while(self, node: Node, start: int, end: int) -> Stmt:
        test = self.e.expr(node.child_by_field_name("condition"))
        self.conditional += 1
        body = self.block(node.child_by_field_name("body"))
        orelse = self._else(node)
        self.conditional -= 1
        return s.While(start, end, test, body, orelse)

    def _else(self, node: Node) -> tuple[Stmt, ...]:
        clause = node.child_by_field_name("alternative")
        return self.block(clause.child_by_field_name("body")) if clause is not None else ()

    def _try(self, node: Node, start: int, end: int) -> Stmt:
        self.conditional += 1
        body = self.block(node.child_by_field_name("body"))
        handlers: list[s.Handler] = []
        orelse: tuple[Stmt, ...] = ()
        final: tuple[Stmt, ...] = ()
        for child in node.named_children:
            kind = child.type
            if kind in ("except_clause", "except_group_clause"):
                handlers.append(self._handler(child))
            elif kind == "else_clause":
                orelse = self.block(child.child_by_field_name("body"))
            elif kind == "finally_clause":
                final = self.block(_last_block(child))
        self.conditional -= 1
        return s.Try(start, end, body, tuple(handlers), orelse, final)

    def _handler(self, node: Node) -> s.Handler:
        kind: Expr | None = None
        name = ""
        parts = [child for child in node.named_children if child.type not in ("block", *EXTRAS)]
        if parts:
            first = parts[0]
            alias = node.child_by_field_name("alias")
            if first.type == "as_pattern":
                kind = self.e.expr(first.named_children[0])
                name = self.e.text(first.named_children[-1])
            else:
                kind = self.e.expr(first)
                if alias is not None:
                    name = self.e.text(alias)
        return s.Handler(*self.e.place(node), kind, name, self.block(_last_block(node)))

    def _with(self, node: Node, start: int, end: int) -> Stmt:
        items: list[s.WithItem] = []
        clause = next((child for child in node.named_children if child.type == "with_clause"), None)
        for item in clause.named_children if clause is not None else ():
            if item.type != "with_item":
                continue
            value = item.child_by_field_name("value") or first_named(item)
            values = [value] if value is not None else []
            if value is not None and value.type == "tuple":  # `with (a as b, c as d):`
                values = [child for child in value.named_children if child.type not in EXTRAS]
            for part in values:
                place = self.e.place(part)
                if part.type == "as_pattern":
                    target = part.child_by_field_name("alias")
                    inner = first_named(target) if target is not None else None
                    context = self.e.expr(part.named_children[0])
                    items.append(s.WithItem(*place, context, self.e.expr(inner)))
                else:
                    items.append(s.WithItem(*place, self.e.expr(part), None))
        body = self.block(node.child_by_field_name("body"))
        return s.With(start, end, tuple(items), body, node.children[0].type == "async")

    def _match(self, node: Node, start: int, end: int) -> Stmt:
        subjects = [self.e.expr(child) for child in node.children_by_field_name("subject")]
        cases: list[s.Case] = []
        block = node.child_by_field_name("body")
        self.conditional += 1
        for child in block.named_children if block is not None else ():
            if child.type != "case_clause":
                continue
            patterns = [part for part in child.named_children if part.type == "case_pattern"]
            guard_node = child.child_by_field_name("guard")
            guard = self.e.expr(first_named(guard_node)) if guard_node is not None else None
            body = self.block(child.child_by_field_name("consequence"))
            pattern = (
                self.patterns.pattern(patterns[0]) if len(patterns) == 1 else self.patterns.opaque(child, patterns)
            )
            cases.append(s.Case(*self.e.place(child), pattern, guard, body))
        self.conditional -= 1
        subject = subjects[0] if len(subjects) == 1 else Opaque(start, end, "several match subjects")
        return s.Match(start, end, subject, tuple(cases))

    # -- definitions

    def _decorated(self, node: Node, start: int, end: int) -> Stmt:
        decorators = tuple(
            self.e.expr(first_named(child)) for child in node.named_children if child.type == "decorator"
        )
        definition = node.child_by_field_name("definition")
        if definition is None:
            return s.OpaqueStmt(start, end, "decorator without a definition")
        if definition.type == "class_definition":
            return self._class(definition, self.e.places[definition.start_byte], end, decorators)
        return self._function(definition, self.e.places[definition.start_byte], end, decorators)

    def _function(self, node: Node, start: int, end: int, decorators: tuple[Expr, ...] = ()) -> Stmt:
        name_node = node.child_by_field_name("name")
        name = self.e.text(name_node) if name_node is not None else ""
        index = len(self.functions)
        qualname = self.prefix + name
        parameters = node.child_by_field_name("parameters")
        params = self.e.parameters(parameters) if parameters is not None else ()
        returns = self.e.annotation(node.child_by_field_name("return_type"))
        owner = self.owner

        def facts(is_generator: bool) -> FunctionFacts:
            return FunctionFacts(
                start,
                end,
                name,
                self.e.places[name_node.start_byte] if name_node is not None else start,
                qualname,
                params,
                returns,
                decorators,
                self._type_params(node),
                node.children[0].type == "async",
                is_generator,
                owner,
                stores,
                forwarded_keywords(params, self.bodies[index]) if name == "__init__" else None,
            )

        stores: tuple[str, ...] = ()
        self.bodies[index] = ()
        self.functions[index] = facts(False)  # holds the place while the body is read
        state = (self.prefix, self.owner, self.function, self.conditional, self.e.saw_yield)
        self.prefix, self.owner, self.function, self.conditional = f"{qualname}.", -1, index, 0
        self.e.saw_yield = False
        self.bodies[index] = self.block(node.child_by_field_name("body"))
        if owner >= 0 and params:
            stores = self_stores(params[0].name, self.bodies[index])
        self.functions[index] = facts(self.e.saw_yield)
        self.prefix, self.owner, self.function, self.conditional, self.e.saw_yield = state
        return s.FunctionStmt(start, end, name, index)

    def _class(self, node: Node, start: int, end: int, decorators: tuple[Expr, ...] = ()) -> Stmt:
        name_node = node.child_by_field_name("name")
        name = self.e.text(name_node) if name_node is not None else ""
        index = len(self.classes)
        qualname = self.prefix + name
        arguments = node.child_by_field_name("superclasses")
        bases, keywords = self.e.arguments(arguments) if arguments is not None else ((), ())
        conditional = self.conditional > 0

        def facts(body: tuple[Stmt, ...]) -> ClassFacts:
            return ClassFacts(
                start,
                end,
                name,
                self.e.places[name_node.start_byte] if name_node is not None else start,
                qualname,
                bases,
                keywords,
                decorators,
                self._type_params(node),
                body,
                conditional,
                self.function,
            )

        self.classes[index] = facts(())
        state = (self.prefix, self.owner, self.conditional)
        self.prefix, self.owner, self.conditional = f"{qualname}.", index, 0
        body = self.block(node.child_by_field_name("body"))
        self.prefix, self.owner, self.conditional = state
        self.classes[index] = facts(body)
        return s.ClassStmt(start, end, name, index)

    def _type_params(self, node: Node) -> tuple[str, ...]:
        parameters = node.child_by_field_name("type_parameters")
        if parameters is None:
            return ()
        return tuple(
            self.e.text(child).partition(":")[0].partition("=")[0].strip() for child in parameters.named_children
        )


def _last_block(node: Node) -> Node | None:
    for child in reversed(node.named_children):
        if child.type == "block":
            return child
    return None


_HANDLERS: dict[str, Callable[[_ModuleLowering, Node, int, int], Stmt]] = {
    "expression_statement": _ModuleLowering._expression,
    "return_statement": _ModuleLowering._return,
    "if_statement": _ModuleLowering._if,
    "for_statement": _ModuleLowering._for,
    "while_statement": _ModuleLowering._while,
    "try_statement": _ModuleLowering._try,
    "with_statement": _ModuleLowering._with,
    "match_statement": _ModuleLowering._match,
    "function_definition": _ModuleLowering._function,
    "class_definition": _ModuleLowering._class,
    "decorated_definition": _ModuleLowering._decorated,
    "import_statement": _ModuleLowering._import,
    "import_from_statement": _ModuleLowering._import_from,
    "future_import_statement": _ModuleLowering._future,
    "pass_statement": lambda lowering, node, start, end: s.Jump(start, end, "pass"),
    "break_statement": lambda lowering, node, start, end: s.Jump(start, end, "break"),
    "continue_statement": lambda lowering, node, start, end: s.Jump(start, end, "continue"),
    "delete_statement": _ModuleLowering._delete,
    "raise_statement": _ModuleLowering._raise,
    "assert_statement": _ModuleLowering._assert,
    "global_statement": _ModuleLowering._scope_names,
    "nonlocal_statement": _ModuleLowering._scope_names,
    "type_alias_statement": _ModuleLowering._type_alias,
}
