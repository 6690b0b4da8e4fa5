"""All rules at once: which of a taxonomy's rules match a folded text, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import re2

from cxlink.tag.phrases import MAX_PATTERN_MEMORY
from cxlink.tag.taxonomy import Rule, Taxonomy

MAX_FILTER_RULES = 500
MAX_MATCHES_PER_RULE = 50

_PROBE = "cxlinkprobe"


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's phrase in a folded text; ``start``, ``end`` (exclusive) and the spans of its gaps are offsets in it."""

    rule: Rule
    start: int
    end: int
    gaps: tuple[tuple[int, int], ...] = ()


class RuleGroup:
    """The rules of one language, behind RE2 filters: a rule is tried only where a text has the letters that it needs.

    Parameters
    ----------
    letters : str
        Character class that a text must touch for these rules to apply, "" for any text.
    rules : iterable of Rule
        Checked rules.
    """

    def __init__(self, letters: str, rules: Iterable[Rule]) -> None:
        self._touches = re.compile(f"[{letters}]").search if letters else None
        self._rules = tuple(rules)
        self._located: list[_Located | None] = [None] * len(self._rules)
        self._filters = _build_filters(self._rules, 0)

    def meet(self, folded: str) -> list[int]:
        """Tell which rules match, and not where.

        Parameters
        ----------
        folded : str
            From :func:`cxlink.tag.normalise.fold_text`.

        Returns
        -------
        list of int
            Positions of rules, ascending.
        """
        if self._touches is not None and self._touches(folded) is None:
            return []
        return self._meet(folded.encode())

    def _meet(self, encoded: bytes) -> list[int]:
        # the first expression of a filter is the probe
        return [
            first + number - 1 for first, one in self._filters for number in sorted(one.Match(encoded) or ()) if number
        ]

    def find(self, folded: str) -> list[Match]:
        """Find every phrase of every rule.

        Parameters
        ----------
        folded : str
            From :func:`cxlink.tag.normalise.fold_text`.

        Returns
        -------
        list of Match
            In order of rules, then of place; at most ``MAX_MATCHES_PER_RULE`` a rule.
        """
        if self._touches is not None and self._touches(folded) is None:
            return []
        # with bytes, RE2 need not count letters at every call
        encoded = folded.encode()
        return [match for number in self._meet(encoded) for match in self._locate(number, folded, encoded)]

    def _locate(self, number: int, folded: str, encoded: bytes) -> list[Match]:
        located = self._located[number]
        if located is None:
            located = self._located[number] = self._open(number)
        found = []
        for match in located.expression.finditer(encoded):
            start, end = _letters(match.span(1), folded, encoded)
            phrase = folded[start:end]
            start += len(phrase) - len(phrase.lstrip(" ."))
            end -= len(phrase) - len(phrase.rstrip(" ."))
            if start < end:
                spans = [match.span(gap) for gap in located.gaps]
                gaps = tuple(_letters(span, folded, encoded) for span in spans if span[0] >= 0)
                found.append(Match(self._rules[number], start, end, gaps))
            if len(found) == MAX_MATCHES_PER_RULE:
                break
        return found

    def _open(self, number: int) -> _Located:
        first, holder = next((first, one) for first, one in reversed(self._filters) if first <= number)
        expression = holder.re(number - first + 1)
        gaps = tuple(group for name, group in expression.groupindex.items() if name.startswith("gap"))
        return _Located(expression, gaps)


@dataclass(frozen=True, slots=True)
class _Located:
    """A rule by itself, which tells where its phrase and its gaps are."""

    expression: re2._Regexp
    gaps: tuple[int, ...]


def _build_filters(rules: Sequence[Rule], first: int) -> list[tuple[int, re2.Filter]]:
    """Build filters of neighbouring rules, each with the position of its first one."""
    if not rules:
        return []
    built = _build_filter(rules) if len(rules) <= MAX_FILTER_RULES else None
    if built is not None:
        return [(first, built)]
    if len(rules) == 1:
        raise MemoryError(f"the pattern of {rules[0].rule_id} does not fit into a filter")
    half = len(rules) // 2
    return [*_build_filters(rules[:half], first), *_build_filters(rules[half:], first + half)]


def _build_filter(rules: Sequence[Rule]) -> re2.Filter | None:
    """Build one filter; None where its letters do not fit into RE2's memory.

    A filter that is too large finds nothing and does not say so. A word that must be found tells.
    """
    options = re2.Options()
    options.max_mem = MAX_PATTERN_MEMORY
    options.log_errors = False
    built = re2.Filter()
    for expression in (_PROBE, *(rule.expression for rule in rules)):
        built.Add(expression, options)
    try:
        built.Compile()
    except re2.error:
        return None
    return built if 0 in (built.Match(_PROBE.encode()) or ()) else None


def _letters(span: tuple[int, int], folded: str, encoded: bytes) -> tuple[int, int]:
    """Places in the text of places in its bytes."""
    if len(folded) == len(encoded):
        return span
    start = len(encoded[: span[0]].decode())
    return start, start + len(encoded[span[0] : span[1]].decode())


def build_rule_groups(taxonomy: Taxonomy) -> tuple[RuleGroup, ...]:
    """Compile a taxonomy's rules, one group a language.

    Parameters
    ----------
    taxonomy : Taxonomy
        From :func:`cxlink.tag.read_taxonomy.read_taxonomy`.

    Returns
    -------
    tuple of RuleGroup
        In the order of the languages.
    """
    by_language: dict[str, list[Rule]] = {language.code: [] for language in taxonomy.languages}
    for rule in taxonomy.rules:
        by_language[rule.language].append(rule)
    return tuple(RuleGroup(language.letters, by_language[language.code]) for language in taxonomy.languages)
