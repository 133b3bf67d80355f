"""Source text to facts: statements, expressions, definitions, ranges."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import msgspec
import pytest

from ormlint.facts import expressions as e
from ormlint.facts import statements as s
from ormlint.facts.module import ModuleBodies, ModuleFacts, ModuleInterface
from ormlint.facts.walk import walk_nodes
from ormlint.syntax import lower_module
from ormlint.text import SourceError, SourceText, decode_source


def lower(text: str) -> ModuleFacts:
    return lower_module(decode_source(text.encode()))


def expression(text: str) -> e.Expr:
    statement = lower(text).interface.body[0]
    assert isinstance(statement, s.ExprStmt)
    return statement.value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a", e.Name),
        ("a.b.c", e.Attribute),
        ("f(1, *a, b=2, **c)", e.Call),
        ("f(x for x in y)", e.Call),
        ("'a' 'b'", e.Str),
        ("b'a'", e.Bytes),
        ("f'{a}'", e.FString),
        ("'a' f'{b}'", e.FString),
        ("1", e.Constant),
        ("1.5", e.Constant),
        ("None", e.Constant),
        ("...", e.EllipsisLiteral),
        ("[a, *b]", e.Display),
        ("(a, b)", e.Display),
        ("a, b", e.Display),
        ("{a}", e.Display),
        ("{a: b, **c}", e.DictDisplay),
        ("a[b]", e.Subscript),
        ("a[b:c]", e.Subscript),
        ("a < b <= c", e.Compare),
        ("a not in b", e.Compare),
        ("a is not b", e.Compare),
        ("a and b", e.BoolOp),
        ("not a", e.Unary),
        ("-a", e.Unary),
        ("a | b", e.Binary),
        ("a if b else c", e.Conditional),
        ("await a", e.Await),
        ("[a for a in b if c]", e.Comprehension),
        ("{a: b for a, b in c}", e.Comprehension),
        ("lambda a, *b, c=1, **d: a", e.Lambda),
        ("(a := b)", e.Walrus),
        ("((a))", e.Name),
    ],
)
def test_expression_kinds(text: str, kind: type) -> None:
    assert isinstance(expression(text), kind)


def test_call_arguments() -> None:
    call = expression("f(1, *a, b=2, **c)")
    assert isinstance(call, e.Call)
    assert [type(argument) for argument in call.args] == [e.Constant, e.Starred]
    assert [keyword.name for keyword in call.keywords] == ["b", ""]


def test_comparison_operators_keep_their_words() -> None:
    compare = expression("a not in b is not c")
    assert isinstance(compare, e.Compare)
    assert [item.op for item in compare.rest] == ["not in", "is not"]


@pytest.mark.parametrize("text", [r"'a\n\x41'", r"r'\d'", "'''a\nb'''", "u'x'", r"'\''"])
def test_string_values_are_pythons(text: str) -> None:
    literal = expression(text)
    assert isinstance(literal, e.Str) and literal.value == ast.literal_eval(text)


def test_string_annotations_are_read() -> None:
    facts = lower("def f(a: 'list[Video] | None', b: Literal['x']) -> \"Video\": ...")
    first, second = facts.interface.functions[0].params
    assert isinstance(first.annotation, e.Binary)
    assert isinstance(second.annotation, e.Subscript) and isinstance(second.annotation.index, e.Str)
    returns = facts.interface.functions[0].returns
    assert isinstance(returns, e.Name) and returns.id == "Video"


def test_parameters() -> None:
    params = lower("def f(a, /, b: int = 1, *args: int, c=2, **kw): ...").interface.functions[0].params
    assert [(param.name, param.kind) for param in params] == [
        ("a", "/"),
        ("b", ""),
        ("args", "*"),
        ("c", "="),
        ("kw", "**"),
    ]
    assert [param.default is not None for param in params] == [False, True, False, True, False]


def test_definitions_know_where_they_stand() -> None:
    facts = lower("class A:\n    class B:\n        def f(self):\n            def g(): yield 1\n").interface
    assert [item.qualname for item in facts.classes] == ["A", "A.B"]
    outer, inner = facts.functions
    assert (outer.qualname, outer.owner) == ("A.B.f", 1)
    assert (inner.qualname, inner.owner) == ("A.B.f.g", -1)
    assert inner.is_generator and not outer.is_generator


def test_statements() -> None:
    text = (
        "a = b = c\nd: int = 1\ne: int\nf += 1\ndel g, h\nraise i from j\nassert k\nglobal l\n"
        "import m.n, o as p\nfrom .q import (r, s as t)\nfrom u import *\ntype V[W] = list[W]\npass\n"
        "if a: pass\nelif b: pass\nelse: pass\nwhile a: break\nelse: pass\n"
        "async def w():\n    async with a as b, c: pass\n    async for d in e: return f\n"
        "try: pass\nexcept (A, B) as x: pass\nexcept C: pass\nelse: pass\nfinally: pass\n"
        "with (open('a') as y, open('b')): pass\n"
        "match a:\n    case 1 | A.B: pass\n    case C(d=1) as z if z: pass\n    case [f, *g]: pass\n    case _: pass\n"
    )
    facts = lower(text)
    assert not facts.interface.problems
    kinds = {type(statement) for statement in facts.interface.body}
    assert s.OpaqueStmt not in kinds
    assert {
        s.Assign,
        s.AugAssign,
        s.Delete,
        s.Raise,
        s.Assert,
        s.Import,
        s.If,
        s.While,
        s.Try,
        s.With,
        s.Match,
    } <= kinds


def test_imports() -> None:
    body = lower("import a.b, c as d\nfrom ..e import f as g, h\nfrom i import *\n").interface.body
    bindings = [binding for statement in body if isinstance(statement, s.Import) for binding in statement.bindings]
    assert [(item.name, item.module, item.member, item.level) for item in bindings] == [
        ("a", "a", "", 0),
        ("", "a.b", "", 0),
        ("d", "c", "", 0),
        ("g", "e", "f", 2),
        ("h", "e", "h", 2),
        ("*", "i", "*", 0),
    ]


def test_comments_in_strings_are_not_comments() -> None:
    facts = lower("a = '# noqa: ORM201'\nb = 1  # noqa: ORM201\n    # type: ignore\n")
    assert [(item.text, item.standalone) for item in facts.interface.comments] == [
        ("# noqa: ORM201", False),
        ("# type: ignore", True),
    ]


def test_ranges_are_bytes_of_the_text() -> None:
    source = decode_source("é = '日本'; job.état = 1\n".encode())
    store = lower_module(source).interface.body[1]
    assert isinstance(store, s.Assign)
    target = store.targets[0]
    assert isinstance(target, e.Attribute)
    assert source.data[slice(*target.attr_range)].decode() == "état"
    assert source.lines.location(target.attr_range.start).column == 15


def test_what_an_init_hands_on() -> None:
    text = "class A:\n    def __init__(self, a, **kw):\n        b = kw.pop('b')\n        super().__init__(**kw)\n"
    assert lower(text).interface.functions[0].forwarded == ("b",)
    assert lower(text.replace("super()", "other()")).interface.functions[0].forwarded == ("b",)
    swallowing = "class A:\n    def __init__(self, **kw):\n        for k in kw: pass\n        super().__init__(**kw)\n"
    assert lower(swallowing).interface.functions[0].forwarded is None


def test_self_stores() -> None:
    text = "class A:\n    def f(me):\n        me.a, (me.b, c) = 1, (2, 3)\n        with x as me.d: me.e += 1\n        y.f = 1\n"
    assert lower(text).interface.functions[0].self_stores == ("a", "b", "d", "e")


def test_depth_is_bounded() -> None:
    for text in ("(" * 3000 + ")" * 3000, "x = " + "+".join(["a"] * 5000), "[" * 2000, "not " * 3000 + "a"):
        lower(text + "\n")
    nested = "".join("    " * depth + "if a:\n" for depth in range(150))
    lower(nested + "    " * 150 + "pass\n")


def test_facts_survive_encoding() -> None:
    facts = lower(Path(__file__).read_text(encoding="utf-8"))
    for part, kind in ((facts.interface, ModuleInterface), (facts.bodies, ModuleBodies)):
        encoded = msgspec.msgpack.encode(part)
        assert msgspec.msgpack.encode(msgspec.msgpack.decode(encoded, type=kind)) == encoded


def test_names_and_calls_agree_with_pythons_own_parser() -> None:
    """Over part of the standard library both see as many names, calls and attributes."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    for name in (
        "argparse.py",
        "dataclasses.py",
        "typing.py",
        "statistics.py",
        "zipfile.py",
        "inspect.py",
        "socket.py",
    ):
        path = folder / name
        if not path.exists():
            continue
        raw = path.read_bytes()
        tree = ast.parse(raw)
        facts = lower_module(decode_source(raw))
        assert not facts.interface.problems
        nodes = list(walk_nodes((facts.interface.body, tuple(facts.interface.classes), facts.bodies.functions)))
        nodes += list(walk_nodes(tuple(facts.interface.functions)))
        opaque = [node for node in nodes if isinstance(node, (s.OpaqueStmt, e.Opaque)) and node.reason != "number"]
        assert not opaque, name
        calls = sum(isinstance(node, ast.Call) for node in ast.walk(tree))
        assert sum(isinstance(node, e.Call) for node in nodes) == calls, name
        functions = sum(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in ast.walk(tree))
        assert len(facts.interface.functions) == functions, name


def test_undecodable_text_is_an_error_of_its_own() -> None:
    for raw in (b"\xff\xfea\x00", b"a = '\xe9'\n", b"# coding: nonsense\n", b"a\x00b"):
        with pytest.raises(SourceError):
            decode_source(raw)
    assert isinstance(decode_source(b"# coding: latin-1\na = '\xe9'\n"), SourceText)


@pytest.mark.parametrize("text", ["[*a.b(c)]", "{*a[0].b}", "[*a().b | c]", "[*a.b(c), d]", "(*a.b(c),)"])
def test_a_star_covers_the_whole_element(text: str) -> None:
    display = expression(text)
    assert isinstance(display, e.Display)
    star = display.elements[0]
    assert isinstance(star, e.Starred)
    assert star.start == 1
    assert star.value.start == 2
    assert not any(isinstance(node, e.Starred) for node in walk_nodes(star.value))
