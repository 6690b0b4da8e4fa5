"""Texts to tags: which component and cause each text complains of, and with which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cxlink.tag.language import UNKNOWN, detect_language
from cxlink.tag.normalise import count_words, fold_text, locate_words
from cxlink.tag.polarity import build_judge
from cxlink.tag.rule_set import Match, build_rule_groups
from cxlink.tag.taxonomy import UNSPECIFIED, Polarity, Rule, Taxonomy

MAX_TEXT_LETTERS = 100_000

_STRENGTH: dict[Polarity, int] = {"complaint": 0, "negated": 1, "praise": 2, "neutral": 3}

_DENIAL: tuple[Polarity, ...] = ("complaint", "praise", "neutral", "negated")
"""Of two languages' answers, the later one holds."""

Judged = tuple[Match, Polarity]


@dataclass(frozen=True, slots=True)
class Tag:
    """What one phrase of a text says.

    ``cause`` is "" for praise and bare mentions; ``start`` and ``end`` (exclusive) are offsets in the original text.
    Only ``polarity == "complaint"`` is an incident, and only where ``intent`` is "".
    """

    component: str
    cause: str
    intent: str
    polarity: Polarity
    rule: str
    start: int
    end: int

    @property
    def is_complaint(self) -> bool:
        """Whether the phrase complains; true also for the intent to cancel."""
        return self.polarity == "complaint"


@dataclass(frozen=True, slots=True)
class Step:
    """A rule that matched a text: the words, what their clause makes of them, and why it was dropped ("": kept)."""

    rule: Rule
    words: str
    polarity: Polarity
    dropped: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a text came to its tags: its folded form, every rule that matched, and the tags."""

    folded: str
    steps: tuple[Step, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class TaggedTexts:
    """Tags of each text, in the order of the texts, with how many distinct texts there were and how many were cut."""

    tags: list[tuple[Tag, ...]]
    n_distinct: int
    n_cut: int


def tag_texts(texts: Sequence[str], taxonomy: Taxonomy) -> TaggedTexts:
    """Tag texts by a taxonomy's rules.

    Parameters
    ----------
    texts : sequence of str, shape (n,)
        As the customers wrote them; beyond ``MAX_TEXT_LETTERS`` a text is not searched, and counted in ``n_cut``.
    taxonomy : Taxonomy
        From :func:`cxlink.tag.read_taxonomy.read_taxonomy`.

    Returns
    -------
    TaggedTexts
        ``tags`` has shape (n,); each text's tags are one a component, cause and at most one polarity, by place.
    """
    tagger = build_tagger(taxonomy)
    distinct = dict.fromkeys(texts)
    known = {text: tagger.tag(text) for text in distinct}
    return TaggedTexts(
        tags=[known[text] for text in texts],
        n_distinct=len(distinct),
        n_cut=sum(len(text) > MAX_TEXT_LETTERS for text in texts),
    )


class Tagger:
    """A taxonomy compiled, ready to tag one text after another.

    Parameters
    ----------
    taxonomy : Taxonomy
        Checked.
    """

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._groups = build_rule_groups(taxonomy)
        self._judges = {language.code: build_judge(language) for language in taxonomy.languages}

    def tag(self, text: str) -> tuple[Tag, ...]:
        """Tag one text.

        Parameters
        ----------
        text : str
            As the customer wrote it.

        Returns
        -------
        tuple of Tag
            By place, component and cause.
        """
        searched = text[:MAX_TEXT_LETTERS]
        folded = fold_text(searched)
        judged = self._find(searched, folded)
        if not judged:
            return ()
        words = locate_words(searched)
        return _keep_strongest([_build_tag(*found, folded, words) for found in _drop_hidden(judged)])

    def explain(self, text: str) -> Explanation:
        """Tag one text and tell how.

        Parameters
        ----------
        text : str
            As the customer wrote it.

        Returns
        -------
        Explanation
            Steps in the order of the rules' languages, then of the rules.
        """
        tags = self.tag(text)
        searched = text[:MAX_TEXT_LETTERS]
        folded = fold_text(searched)
        judged = self._find(searched, folded)
        open_ones = _drop_hidden(judged)
        kept = {tag.rule for tag in tags}
        steps = tuple(
            Step(match.rule, folded[match.start : match.end], polarity, _why_dropped(match, polarity, open_ones, kept))
            for match, polarity in judged
        )
        return Explanation(folded, steps, tags)

    def _find(self, text: str, folded: str) -> list[Judged]:
        matches = [match for group in self._groups for match in group.find(folded)]
        languages = {match.rule.language for match in matches}
        # words that two languages share are found by the rules of both; what denies them is the text's language's
        spoken = detect_language(text, tuple(self._judges)) if len(languages) > 1 else ""
        return [(match, self._judge(match, folded, spoken)) for match in matches]

    def _judge(self, match: Match, folded: str, spoken: str) -> Polarity:
        if match.rule.kind in {"mention", "ignore"}:
            return "neutral"
        polarity = self._judges[match.rule.language].judge(match, folded)
        if spoken in ("", UNKNOWN, match.rule.language):
            return polarity
        return max(polarity, self._judges[spoken].judge(match, folded), key=_DENIAL.index)


def _build_tag(match: Match, polarity: Polarity, folded: str, words: list[tuple[int, int]]) -> Tag:
    rule = match.rule
    first = count_words(folded[: match.start])
    last = first + count_words(folded[match.start : match.end]) - 1
    start, end = words[first][0], words[last][1]
    return Tag(rule.component, rule.cause, rule.intent, polarity, rule.rule_id, start, end)


@lru_cache(maxsize=4)
def build_tagger(taxonomy: Taxonomy) -> Tagger:
    """Compile a taxonomy once.

    Parameters
    ----------
    taxonomy : Taxonomy
        Checked.

    Returns
    -------
    Tagger
        The same object for equal taxonomies.
    """
    return Tagger(taxonomy)


def _drop_hidden(judged: list[Judged]) -> list[Judged]:
    """Drop ignored phrases, and what they or a longer phrase of another meaning contain."""
    hiding = [match for match, _ in judged if match.rule.kind in {"complaint", "ignore"}]
    return [
        (match, polarity)
        for match, polarity in judged
        if match.rule.kind != "ignore" and not any(_hides(other, match) for other in hiding)
    ]


def _hides(other: Match, match: Match) -> bool:
    if match is other or not (other.start <= match.start and match.end <= other.end):
        return False
    is_longer = other.end - other.start > match.end - match.start
    return is_longer and _meaning(other) != _meaning(match)


def _why_dropped(match: Match, polarity: Polarity, open_ones: list[Judged], kept: set[str]) -> str:
    if match.rule.kind == "ignore":
        return "hides what is in it"
    if (match, polarity) not in open_ones:
        return "hidden by a longer one"
    return "" if match.rule.rule_id in kept else "said by another rule"


def _meaning(match: Match) -> tuple[str, str]:
    return match.rule.component, match.rule.cause


def _keep_strongest(tags: list[Tag]) -> tuple[Tag, ...]:
    """Keep one tag a component and cause, and praise, mentions and ``unspecified`` only where nothing more is said."""
    best: dict[tuple[str, str], Tag] = {}
    for tag in sorted(tags, key=lambda tag: (_STRENGTH[tag.polarity], tag.start, -tag.end, tag.rule)):
        best.setdefault((tag.component, tag.cause), tag)
    caused = {component for component, cause in best if cause}
    specific = {tag.component for tag in best.values() if tag.is_complaint and tag.cause != UNSPECIFIED}
    kept = [
        tag
        for (component, cause), tag in best.items()
        if (cause or component not in caused) and not (cause == UNSPECIFIED and component in specific)
    ]
    return tuple(sorted(kept, key=lambda tag: (tag.start, tag.end, tag.component, tag.cause)))
