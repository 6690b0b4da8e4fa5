"""Whether a phrase complains, or its clause denies it or only imagines it."""

from __future__ import annotations

from dataclasses import dataclass

import re2

from cxlink.tag.normalise import CLAUSE_BREAK
from cxlink.tag.phrases import compile_pattern
from cxlink.tag.rule_set import Match
from cxlink.tag.taxonomy import Language, Polarity

DENIAL_REACH_WORDS = 6
CONDITION_REACH_WORDS = 4


@dataclass(frozen=True, slots=True)
class ClauseJudge:
    """The compiled words with which one language denies, supposes and joins clauses; None where it lists none."""

    negation: re2._Regexp | None
    not_negation: re2._Regexp | None
    denial: re2._Regexp | None
    condition: re2._Regexp | None
    clause_word: re2._Regexp | None
    negation_window: int

    def judge(self, match: Match, folded: str) -> Polarity:
        """Judge one match in its clause.

        A negation among the phrase's own words ("not received") is part of the complaint, and no further negation turns
        it round; one before the phrase or in its gaps ("delivery was not late") denies it.

        Parameters
        ----------
        match : Match
            Of a rule that complains or praises.
        folded : str
            The folded text.

        Returns
        -------
        str
            ``complaint`` (or ``praise``), ``negated`` or ``neutral``.
        """
        before = self._clause_before(folded, match.start)
        if self._is_denied(match, folded, before):
            return "negated"
        if _found(self.condition, before[-CONDITION_REACH_WORDS:]):
            return "neutral"
        return "praise" if match.rule.kind == "praise" else "complaint"

    def _clause_before(self, folded: str, start: int) -> list[str]:
        words = folded[:start].split()
        if CLAUSE_BREAK in words:
            words = words[len(words) - words[::-1].index(CLAUSE_BREAK) :]
        if self.clause_word is None:
            return words
        clause = " ".join(words)
        ends = [match.end(1) for match in self.clause_word.finditer(clause)]
        return clause[ends[-1] :].split() if ends else words

    def _is_denied(self, match: Match, folded: str, before: list[str]) -> bool:
        span, is_own = _words_of(match, folded)
        window = before[-self.negation_window :] if self.negation_window else []
        words = window + span
        negated = self._negated_words(words)
        if any(is_own[index - len(window)] for index in negated if index >= len(window)):
            return False
        return bool(negated) or _found(self.denial, before[-DENIAL_REACH_WORDS:] + span)

    def _negated_words(self, words: list[str]) -> set[int]:
        """Find the positions of words that negate, without those of phrases such as "not only"."""
        negating = _positions(self.negation, words)
        return negating - _positions(self.not_negation, words) if negating else negating


def _words_of(match: Match, folded: str) -> tuple[list[str], list[bool]]:
    """List the words of a match, and whether each is the pattern's own or stands in one of its gaps."""
    words, is_own, place = [], [], match.start
    for word in folded[match.start : match.end].split(" "):
        words.append(word)
        is_own.append(not any(start <= place < end for start, end in match.gaps))
        place += len(word) + 1
    return words, is_own


def _positions(expression: re2._Regexp | None, words: list[str]) -> set[int]:
    """Find the positions of the words that an expression matches."""
    if expression is None or not words:
        return set()
    text = " ".join(words)
    found: set[int] = set()
    for match in expression.finditer(text):
        start, end = match.span(1)
        first = text.count(" ", 0, start)
        found.update(range(first, first + text.count(" ", start, end) + 1))
    return found


def _found(expression: re2._Regexp | None, words: list[str]) -> bool:
    return expression is not None and bool(words) and expression.search(" ".join(words)) is not None


def build_judge(language: Language) -> ClauseJudge:
    """Compile a language's words.

    Parameters
    ----------
    language : Language
        From a checked taxonomy.

    Returns
    -------
    ClauseJudge
        Ready to judge matches of that language's rules.
    """

    def compiled(expression: str) -> re2._Regexp | None:
        return compile_pattern(expression) if expression else None

    return ClauseJudge(
        negation=compiled(language.negation),
        not_negation=compiled(language.not_negation),
        denial=compiled(language.denial),
        condition=compiled(language.condition),
        clause_word=compiled(language.clause_word),
        negation_window=language.negation_window,
    )
