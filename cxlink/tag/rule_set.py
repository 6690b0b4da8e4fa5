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
        self._compiled: list[re2._Regexp | None] = [None] * len(self._rules)
        options = re2.Options()
        options.max_mem = MAX_SET_MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        # RE2 answers "no match" when a set runs out of memory. An expression that always matches tells the two apart.
        self._always = self._set.Add("")
        for rule in self._rules:
            self._set.Add(rule.expression)
        self._set.Compile()

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
        numbers: list[int] = self._set.Match(folded) or []
        if len(numbers) == 1 and numbers[0] == self._always:
            return []
        if self._always in numbers:
            candidates = sorted(number - 1 for number in numbers if number != self._always)
        else:
            candidates = list(range(len(self._rules)))
        return [match for number in candidates for match in self._locate(number, folded)]

    def _locate(self, number: int, folded: str) -> list[Match]:
        expression = self._compiled[number]
        if expression is None:
            expression = self._compiled[number] = compile_pattern(self._rules[number].expression)
        found = []
        for match in expression.finditer(folded):
            start, end = match.span(1)
            phrase = folded[start:end]
            start += len(phrase) - len(phrase.lstrip(" ."))
            end -= len(phrase) - len(phrase.rstrip(" ."))
            if start < end:
                gaps = tuple(
                    match.span(number) for name, number in expression.groupindex.items() if name.startswith("gap")
                )
                found.append(Match(self._rules[number], start, end, tuple(gap for gap in gaps if gap[0] >= 0)))
            if len(found) == MAX_MATCHES_PER_RULE:
                break
        return found


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
