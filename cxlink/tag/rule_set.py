"""All rules at once: which of a taxonomy's rules match a folded text, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import re2

from cxlink.tag.phrases import compile_pattern
from cxlink.tag.taxonomy import Rule, Taxonomy

MAX_SET_MEMORY = 512 << 20
MAX_MATCHES_PER_RULE = 50


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's phrase in a folded text; ``start``, ``end`` (exclusive) and the spans of its gaps are offsets in it."""

    rule: Rule
    start: int
    end: int
    gaps: tuple[tuple[int, int], ...] = ()


class RuleGroup:
    """The rules of one language, in one RE2 set.

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
        self._compiled: list[_Located | None] = [None] * len(self._rules)
        options = re2.Options()
        options.max_mem = MAX_SET_MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        # RE2 answers "no match" when a set runs out of memory. An expression that always matches tells the two apart.
        self._always = self._set.Add("")
        for rule in self._rules:
            self._set.Add(rule.expression)
        self._set.Compile()

    def meet(self, folded: str) -> list[int]:
        """Tell which rules match, and not where.

        Parameters
        ----------
        folded : str
            From :func:`cxlink.tag.normalise.fold_text`.

        Returns
        -------
        list of int
            Positions of rules, ascending; all of them where the set ran out of memory and each must be tried.
        """
        if self._touches is not None and self._touches(folded) is None:
            return []
        return self._meet(folded.encode())

    def _meet(self, encoded: bytes) -> list[int]:
        numbers: list[int] = self._set.Match(encoded) or []
        if len(numbers) == 1 and numbers[0] == self._always:
            return []
        if self._always in numbers:
            return sorted(number - 1 for number in numbers if number != self._always)
        return list(range(len(self._rules)))

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
        located = self._compiled[number]
        if located is None:
            located = self._compiled[number] = _compile(self._rules[number].expression)
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


@dataclass(frozen=True, slots=True)
class _Located:
    """A rule by itself, which tells where its phrase and its gaps are."""

    expression: re2._Regexp
    gaps: tuple[int, ...]


def _compile(expression: str) -> _Located:
    compiled = compile_pattern(expression)
    gaps = tuple(number for name, number in compiled.groupindex.items() if name.startswith("gap"))
    return _Located(compiled, gaps)


def _letters(span: tuple[int, int], folded: str, encoded: bytes) -> tuple[int, int]:
    """Places in the text of places in its bytes."""
    if len(folded) == len(encoded):
        return span
    start = len(encoded[: span[0]].decode())
    return start, start + len(encoded[span[0] : span[1]].decode())


def build_rule_groups(taxonomy: Taxonomy) -> tuple[RuleGroup, ...]:
    """Compile a taxonomy's rules, one set a language.

    One set for all would need many times the memory and take three times as long to warm up.

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
