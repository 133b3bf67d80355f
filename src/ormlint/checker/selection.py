"""Which rules run on which file, and with which severity."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatch

from ormlint.diagnostics import Severity
from ormlint.linting.rule import Rule, Status
from ormlint.settings import Settings
from ormlint.settings.selectors import Layer, decide, parse_selector, parse_selectors


class RuleTable:
    """The rules with the settings applied. Answers are remembered by the ignore patterns that match."""

    def __init__(self, settings: Settings, rules: Mapping[str, Rule]) -> None:
        """Resolve all selectors.

        Raises:
            SelectorError: a selector means no rule.
        """
        self.rules = rules
        self.warnings: list[str] = []
        names = {code: rule.name for code, rule in rules.items()}
        layers = [
            Layer(
                parse_selectors(settings.select, names) if settings.select else None,
                parse_selectors((text for text in settings.extend_select if text != "REVEAL"), names),
                parse_selectors(settings.ignore, names),
            ),
            Layer(
                parse_selectors(settings.cli_select, names) if settings.cli_select is not None else None,
                parse_selectors(settings.cli_extend_select, names),
                parse_selectors(settings.cli_ignore, names),
            ),
        ]
        self._base = frozenset(code for code, rule in rules.items() if self._is_enabled(rule, layers, settings.preview))
        self._ignores = [(pattern, parse_selectors(texts, names)) for pattern, texts in settings.per_file_ignores]
        self._severities = sorted(
            ((parse_selector(text, names), Severity(value)) for text, value in settings.severity),
            reverse=True,
            key=lambda item: item[0].specificity,
        )
        self._memo: dict[tuple[int, ...], frozenset[str]] = {}

    def _is_enabled(self, rule: Rule, layers: list[Layer], preview: bool) -> bool:
        default = rule.status is Status.STABLE or (rule.status is Status.PREVIEW and preview)
        wanted, selector = decide(layers, rule.code, rule.name, default)
        if wanted and rule.status is Status.PREVIEW and not preview:
            if selector is not None and selector.is_exact:
                self.warnings.append(f"`{selector.text}` is a preview rule and does not run without `--preview`")
            return False
        return wanted

    def enabled(self, path: str) -> frozenset[str]:
        """Return the codes of the rules that run on a file (path relative to the root)."""
        matching = tuple(
            position
            for position, (pattern, _) in enumerate(self._ignores)
            if matches_glob(path, pattern.removeprefix("!")) != pattern.startswith("!")
        )
        if not matching:
            return self._base
        if matching not in self._memo:
            ignored = [selector for position in matching for selector in self._ignores[position][1]]
            self._memo[matching] = frozenset(
                code
                for code in self._base
                if not any(selector.matches(code, self.rules[code].name) for selector in ignored)
            )
        return self._memo[matching]

    def severity(self, rule: Rule, given: Severity) -> Severity:
        """Return the severity of a finding: the configured one, else the one the rule gave."""
        for selector, severity in self._severities:
            if selector.matches(rule.code, rule.name):
                return severity
        return given


def matches_glob(path: str, pattern: str) -> bool:
    """Tell whether a path matches a glob by its last part, as a whole, or by a folder it lies in."""
    pattern = pattern.removeprefix("./").rstrip("/")
    parts = path.split("/")
    if "/" not in pattern:
        return any(fnmatch(part, pattern) for part in parts)
    pattern = pattern.removeprefix("/")
    if fnmatch(path, pattern) or (pattern.startswith("**/") and matches_glob(path, pattern[3:])):
        return True
    return any(fnmatch("/".join(parts[:count]), pattern) for count in range(1, len(parts)))
