"""Texts to tags: which component and cause each text complains of, and with which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cxlink.tag.normalise import count_words, fold_text, locate_words
from cxlink.tag.polarity import build_judge
from cxlink.tag.rule_set import Match, build_rule_groups
from cxlink.tag.taxonomy import UNSPECIFIED, Polarity, Taxonomy

MAX_TEXT_LETTERS = 100_000

_STRENGTH: dict[Polarity, int] = {"complaint": 0, "negated": 1, "praise": 2, "neutral": 3}

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
        matches = [match for group in self._groups for match in group.find(folded)]
        if not matches:
            return ()
        words = locate_words(searched)
        judged = [(match, self._judge(match, folded)) for match in matches]
        return _keep_strongest([_build_tag(*found, folded, words) for found in _drop_hidden(judged)])

    def _judge(self, match: Match, folded: str) -> Polarity:
        if match.rule.kind in {"mention", "ignore"}:
            return "neutral"
        return self._judges[match.rule.language].judge(match, folded)


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
