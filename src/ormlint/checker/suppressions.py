"""Comments that silence findings: `noqa`, `ormlint: ignore[…]`, and their forms for a whole file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from ormlint.diagnostics import Applicability, Diagnostic, Fix, Severity
from ormlint.diagnostics.steps import ReplaceText
from ormlint.facts.module import Comment
from ormlint.linting.rule import Rule
from ormlint.text import LineIndex, Range, SourceText

UNUSED = "ORM003"
UNKNOWN = "ORM004"

# What follows the colon: a word, and then codes and our names. Any other word begins the reason.
_LIST = r"(?P<list>(?:[A-Z]+[0-9]+(?!\w)|[A-Z][\w-]*)(?:[\s,]+(?:[A-Z]+[0-9]+(?!\w)|[a-z]+(?:-[a-z]+)+(?![\w-])))*)"
NOQA = re.compile(rf"#\s*noqa\b(?:\s*:\s*{_LIST})?", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*ormlint:\s*(?P<file>file-)?ignore\b(?:\[(?P<list>[^\]]*)\])?", re.IGNORECASE)
_FILE_NOQA = re.compile(rf"#\s*ormlint:\s*noqa\b(?:\s*:\s*{_LIST})?", re.IGNORECASE)
_TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore")
_WORD = re.compile(r"[\w-]+")


@dataclass
class _Suppression:
    """One comment. `words` are the codes and names it gives, each with its range; None means everything."""

    range: Range
    rows: frozenset[int] | None  # None: the whole file
    words: list[tuple[str, Range]] | None
    is_noqa: bool
    directive: Range  # from its `#` to the end of its list
    used: set[str] = field(default_factory=set)


def apply_suppressions(
    path: str,
    source: SourceText,
    comments: Sequence[Comment],
    diagnostics: Sequence[Diagnostic],
    rules: Mapping[str, Rule],
    enabled: Collection[str],
    severity: Callable[[Rule, Severity], Severity] = lambda rule, given: given,
    *,
    noqa: bool = True,
) -> list[Diagnostic]:
    """Return the diagnostics of a file that no comment silences, and what is to say of the comments.

    A comment is on the row where a finding starts or ends; `# ormlint: ignore[…]` alone on its row is for the
    next row that is not a comment. An unused or unknown suppression is reported when its rule is enabled, with the
    severity that `severity` makes of the rule's own (`RuleTable.severity`). Without `noqa` the comments of that
    name count as used and silence nothing: whoever shows the findings reads them.
    """
    suppressions = [found for comment in comments for found in _parse(comment, source)]
    if not suppressions:
        return list(diagnostics)
    by_name = _codes(rules)
    kept = [item for item in diagnostics if not _silence(item, suppressions, by_name, noqa)]
    for suppression in suppressions:
        for rule, where, message in _about(suppression, rules, by_name, enabled):
            if not _silenced_by_file(rule, suppressions, by_name):
                fix = _removal(suppression, where, source.data) if rule.code == UNUSED else None
                kept.append(_diagnostic(rule, severity(rule, rule.severity), path, source, where, message, fix))
    return kept


def speaks(comment: Comment, rules: Mapping[str, Rule]) -> bool:
    """Tell whether a comment is one that may silence findings, or would do so were there such a rule.

    A `noqa` that gives codes of other tools only is none.
    """
    if _FILE_NOQA.search(comment.text) or _IGNORE.search(comment.text):
        return True
    match = NOQA.search(comment.text)
    if match is None:
        return False
    by_name = _codes(rules)
    words = _words(comment, match)
    return words is None or any(_code(word, by_name) in rules or _is_ours(word, by_name) for word, _ in words)


def type_ignored_rows(lines: LineIndex, comments: Sequence[Comment]) -> frozenset[int]:
    """Return the rows that carry a `# type: ignore`."""
    return frozenset(lines.row(comment.start) for comment in comments if _TYPE_IGNORE.search(comment.text))


def _parse(comment: Comment, source: SourceText) -> list[_Suppression]:
    row = source.lines.row(comment.start)
    found: list[_Suppression] = []
    if match := _FILE_NOQA.search(comment.text):
        return [_Suppression(comment.range, None, _words(comment, match), True, _place(comment, match))]
    if match := _IGNORE.search(comment.text):
        if match["file"]:
            rows = None
        elif comment.standalone:
            rows = frozenset({_next_code_row(source, row)})
        else:
            rows = frozenset({row})
        found.append(_Suppression(comment.range, rows, _words(comment, match), False, _place(comment, match)))
    if match := NOQA.search(comment.text):
        words, place = _words(comment, match), _place(comment, match)
        found.append(_Suppression(comment.range, frozenset({row}), words, True, place))
    return found


def _place(comment: Comment, match: re.Match[str]) -> Range:
    start = comment.start + len(comment.text[: match.start()].encode())
    return Range(start, start + len(match[0].encode()))


def _words(comment: Comment, match: re.Match[str]) -> list[tuple[str, Range]] | None:
    text = match["list"]
    if text is None:
        return None
    base = comment.start + len(comment.text[: match.start("list")].encode())
    words: list[tuple[str, Range]] = []
    for word in _WORD.finditer(text):
        start = base + len(text[: word.start()].encode())
        words.append((word[0], Range(start, start + len(word[0].encode()))))
    return words


def _next_code_row(source: SourceText, row: int) -> int:
    lines = source.lines
    for candidate in range(row + 1, len(lines.starts) + 1):
        text = lines.line(candidate).strip()
        if text and not text.startswith("#"):
            return candidate
    return row


def _codes(rules: Mapping[str, Rule]) -> dict[str, str]:
    """Return the codes of rules by their names."""
    return {rule.name: code for code, rule in rules.items()}


def _code(word: str, by_name: Mapping[str, str]) -> str:
    return by_name.get(word.lower(), word.upper())


def _silence(diagnostic: Diagnostic, suppressions: list[_Suppression], by_name: Mapping[str, str], noqa: bool) -> bool:
    silenced = False
    for suppression in suppressions:
        rows = suppression.rows
        counts = noqa or not suppression.is_noqa or rows is None
        if rows is not None and diagnostic.start.row not in rows and diagnostic.end.row not in rows:
            continue
        if suppression.words is None:
            suppression.used.add("*")
            silenced = silenced or counts
        elif any(diagnostic.code == _code(word, by_name) for word, _ in suppression.words):
            suppression.used.add(diagnostic.code)
            silenced = silenced or counts
    return silenced


def _silenced_by_file(rule: Rule, suppressions: list[_Suppression], by_name: Mapping[str, str]) -> bool:
    return any(
        suppression.rows is None
        and (suppression.words is None or any(rule.code == _code(word, by_name) for word, _ in suppression.words))
        for suppression in suppressions
    )


def _about(
    suppression: _Suppression, rules: Mapping[str, Rule], by_name: Mapping[str, str], enabled: Collection[str]
) -> list[tuple[Rule, Range, str]]:
    """Return what is wrong with a suppression itself: the rule that says so, where, and its message."""
    found: list[tuple[Rule, Range, str]] = []
    for word, place in suppression.words or ():
        code = _code(word, by_name)
        if code not in rules:
            if suppression.is_noqa and not _is_ours(word, by_name):
                continue  # another tool's, or the reason
            if UNKNOWN in enabled:
                found.append((rules[UNKNOWN], place, _unknown_message(word, rules)))
        elif UNUSED in enabled and code in enabled and code not in (UNUSED, UNKNOWN) and code not in suppression.used:
            found.append((rules[UNUSED], place, f"`{word}` silences nothing here: no such finding is left"))
    return found


def _removal(suppression: _Suppression, word: Range, data: bytes) -> Fix:
    """Return the fix that takes one word from a comment, and all of the comment where it was the only one.

    What else the comment says stays.
    """
    words = [place for _, place in suppression.words or ()]
    if len(words) > 1:
        position = words.index(word)
        if position:
            where = Range(words[position - 1].end, word.end)
        else:
            where = Range(word.start, words[1].start)
        return Fix("Remove it from the comment", Applicability.SAFE, (ReplaceText(where, ""),))
    start, end = suppression.directive
    rest = data[end : suppression.range.end].decode("utf-8")
    said = rest.strip()
    if said and not said.startswith("#"):
        return Fix("Remove the suppression", Applicability.SAFE, (ReplaceText(Range(start, end), "#"),))
    if said:
        end += len(rest[: len(rest) - len(rest.lstrip())].encode())
        return Fix("Remove the suppression", Applicability.SAFE, (ReplaceText(Range(start, end), ""),))
    end = suppression.range.end
    line = data.rfind(b"\n", 0, start) + 1
    blank = len(data[line:start]) - len(data[line:start].rstrip(b" \t"))
    if blank == start - line:  # the comment has the row for itself: the row goes
        start = line
        if data[end : end + 2] == b"\r\n":
            end += 2
        elif data[end : end + 1] in (b"\n", b"\r"):
            end += 1
    else:
        start -= blank
    return Fix("Remove the comment", Applicability.SAFE, (ReplaceText(Range(start, end), ""),))


def _is_ours(word: str, by_name: Mapping[str, str]) -> bool:
    """Tell whether a word of a noqa comment that is no rule was meant for ormlint: a code, or a misspelt name."""
    if "-" in word:
        return bool(difflib.get_close_matches(word.lower(), by_name, n=1, cutoff=0.85))
    return word.upper().startswith("ORM")


def _unknown_message(word: str, rules: Mapping[str, Rule]) -> str:
    # Of codes every other one is near: only a name can be a slip of another.
    known = [rule.name for rule in rules.values()]
    near = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.75) if "-" in word else []
    hint = f"; did you mean `{near[0]}`?" if near else ""
    return f"`{word}` is no rule of ormlint, so this comment silences nothing{hint}"


def _diagnostic(
    rule: Rule,
    severity: Severity,
    path: str,
    source: SourceText,
    where: Range,
    message: str,
    fix: Fix | None,
) -> Diagnostic:
    lines = source.lines
    start, end = lines.location(where.start), lines.location(where.end)
    return Diagnostic(rule.code, rule.name, severity, path, where, start, end, message, fix=fix)
