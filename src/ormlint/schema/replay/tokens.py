"""SQL cut into statements and tokens, as far as reading DDL needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""\s+|--[^\n]*|/\*.*?\*/|(?P<quoted>"(?:[^"]|"")*"|`[^`]*`)|(?P<string>[eE]?'(?:[^']|'')*')"""
    r"""|(?P<word>[A-Za-z_][\w$]*)|(?P<number>\d+(?:\.\d+)?)|(?P<sign>::|.)""",
    re.DOTALL,
)


class Unread(ValueError):
    """A statement that is not understood."""


def statements(sql: str) -> Iterator[str]:
    """Yield the statements of a string; the body of `DO $$ … $$` gives those inside it."""
    start = depth = 0
    position = 0
    while position < len(sql):
        dollar = re.compile(r"\$\w*\$").match(sql, position)
        if dollar:
            end = sql.find(dollar.group(), dollar.end())
            position = len(sql) if end < 0 else end + len(dollar.group())
            continue
        token = _TOKEN.match(sql, position)
        assert token is not None
        position = token.end()
        if token.group() == ";" and not depth:
            yield sql[start : token.start()].strip()
            start = position
    if sql[start:].strip():
        yield sql[start:].strip()


class Tokens:
    """The tokens of one statement, and the place that has been read to."""

    def __init__(self, sql: str, dialect: str) -> None:
        self.sql = sql
        self.dialect = dialect
        self.tokens = [item for item in _TOKEN.finditer(sql) if item.lastgroup]
        self.at = 0

    def word(self, ahead: int = 0) -> str:
        """Return the next token in capitals, or a later one; an empty string past the end."""
        position = self.at + ahead
        return self.tokens[position].group().upper() if position < len(self.tokens) else ""

    def take(self, *words: str) -> bool:
        """Go past these words if they come next; tell whether they did."""
        if all(self.word(offset) == word for offset, word in enumerate(words)):
            self.at += len(words)
            return True
        return False

    def identifier(self) -> str:
        """Return the next name as the database has it."""
        token = self.tokens[self.at]
        if token.lastgroup not in ("word", "quoted"):
            raise Unread(token.group())
        self.at += 1
        if token.lastgroup == "quoted":
            return token.group()[1:-1].replace('""', '"')
        return token.group().lower() if self.dialect == "postgresql" else token.group()

    def name(self) -> str:
        """Return the next name with its schema."""
        parts = [self.identifier()]
        while self.take("."):
            parts.append(self.identifier())
        return ".".join(parts)

    def string(self) -> str:
        """Return the next string."""
        token = self.tokens[self.at]
        if token.lastgroup != "string":
            raise Unread(token.group())
        self.at += 1
        return token.group().lstrip("eE")[1:-1].replace("''", "'")

    def until(self, stops: frozenset[str] = frozenset()) -> str:
        """Return the text up to a comma, a closing parenthesis or a stop word, outside parentheses."""
        depth, first = 0, self.at
        while self.at < len(self.tokens):
            word = self.word()
            if not depth and (word in (",", ")") or (word in stops and self.at > first)):
                break
            depth += (word in "([") - (word in ")]")
            self.at += 1
        if self.at == first:
            return ""
        return self.sql[self.tokens[first].start() : self.tokens[self.at - 1].end()]

    def names(self) -> tuple[str, ...]:
        """Return the columns of `(a, b DESC, …)`."""
        if not self.take("("):
            raise Unread("columns")
        found = []
        while not self.take(")"):
            found.append(self.identifier())
            self.until()
            self.take(",")
        return tuple(found)

    def expressions(self) -> list[str]:
        """Return the columns of an index; an empty string for an expression."""
        if not self.take("("):
            raise Unread("columns")
        found = []
        while not self.take(")"):
            first = self.tokens[self.at]
            is_column = first.lastgroup in ("word", "quoted") and self.word(1) not in ("(", "::", ".", "+", "-", "|")
            found.append(self.identifier() if is_column else "")
            self.until()
            self.take(",")
        return found
