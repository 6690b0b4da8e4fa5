"""Survey responses and their comments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.simulate.days import AnyArray, Calendar, IntArray
from cxlink.simulate.lives import Lives
from cxlink.simulate.phrases import PhraseBank, read_bank
from cxlink.simulate.phrases.bank import mistype, pick
from cxlink.simulate.population import Population
from cxlink.simulate.satisfaction import csat_answers, draw_answers, nps_answers, response_chance, satisfaction_drops
from cxlink.simulate.tickets import draw_times, number_rows
from cxlink.simulate.world import World

COMMENT_SHARE = 0.60
CSAT_SHARE = 0.40
MENTION_SHARE = 0.75
SECOND_MENTION_SHARE = 0.45
OTHER_MENTION_SHARE = 0.15

KIND_SHARES = {
    "good": (("praise", 0.45), ("neutral", 0.12), ("negated", 0.15), ("vague", 0.28)),
    "middling": (("praise", 0.15), ("neutral", 0.25), ("negated", 0.20), ("vague", 0.40)),
    "bad": (("praise", 0.02), ("neutral", 0.18), ("negated", 0.15), ("vague", 0.65)),
}
"""What those write who mention no incident, by mood."""


@dataclass(frozen=True)
class _Mention:
    """One sentence of a comment: what it says, and about what."""

    sentence: str
    kind: str
    component: str | None = None
    cause: str | None = None


def build_feedback(
    world: World, people: Population, lives: Lives, causes: IntArray, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Responses to the surveys, with the true labels of the comments, and the invitations.

    Parameters
    ----------
    world : World
        Settings.
    people : Population
        Customers.
    lives : Lives
        Their lives.
    causes : array of int
        Cause of each incident.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    tuple of pandas.DataFrame
        Responses by time, with the customer's position in ``customer`` and the exposures in ``code``; and one label
        per sentence that names a component; and one row an invitation, with ``customer`` and ``responded``.
    """
    tastes = world.satisfaction
    level = people.satisfaction[lives.survey_customer] - satisfaction_drops(world)[lives.survey_code]
    chance = response_chance(tastes, level, people.usage[lives.survey_customer])
    answered = rng.random(len(level)) < chance
    customer, day = lives.survey_customer[answered], lives.survey_day[answered]
    answers = draw_answers(tastes, level[answered], rng)
    responded = draw_times(Calendar(world.starts_on), day, rng)
    order = np.argsort(responded, kind="stable")
    customer, day, answers = customer[order], day[order], answers[order]
    scores = nps_answers(answers)
    ids = number_rows("R", len(scores))
    mentions = _write_comments(world, people, lives, causes, customer, day, scores, rng)
    has_csat = rng.random(len(scores)) < CSAT_SHARE
    frame = pd.DataFrame(
        {
            "response_id": ids,
            "customer": customer,
            "responded_at": responded[order],
            "nps": scores,
            "csat": pd.array(np.where(has_csat, csat_answers(answers), -1), dtype="Int64"),
            "comment": [_text(said, people.language[who], rng) for said, who in zip(mentions, customer, strict=True)],
            "language": people.language[customer],
            "code": lives.survey_code[answered][order],
        }
    )
    frame["csat"] = frame["csat"].where(frame["csat"] > 0)
    return frame, _labels(ids, mentions), _invitations(world, lives, answered)


def _invitations(world: World, lives: Lives, answered: AnyArray) -> pd.DataFrame:
    order = np.lexsort((lives.survey_customer, lives.survey_day))
    return pd.DataFrame(
        {
            "customer": lives.survey_customer[order],
            "invited_at": Calendar(world.starts_on).dates(lives.survey_day[order]).astype("datetime64[s]"),
            "responded": answered[order],
        }
    )


def _write_comments(
    world: World,
    people: Population,
    lives: Lives,
    causes: IntArray,
    customer: IntArray,
    day: IntArray,
    scores: IntArray,
    rng: np.random.Generator,
) -> list[list[_Mention]]:
    recent = _RecentIncidents(world, lives, causes)
    comments: list[list[_Mention]] = []
    for who, when, score in zip(customer, day, scores, strict=True):
        if rng.random() >= COMMENT_SHARE:
            comments.append([])
            continue
        bank = read_bank(str(people.language[who]))
        comments.append(_write_comment(world, bank, recent.of(int(who), int(when)), int(score), rng))
    return comments


class _RecentIncidents:
    """Incidents that count on a day, latest first, one per component."""

    def __init__(self, world: World, lives: Lives, causes: IntArray) -> None:
        incidents = lives.incidents
        order = np.lexsort((incidents.day, incidents.customer))
        self._world = world
        self._day, self._component = incidents.day[order], incidents.component[order]
        self._cause = causes[order]
        self._starts = np.searchsorted(incidents.customer[order], np.arange(len(lives.ended) + 1))

    def of(self, customer: int, day: int) -> list[tuple[str, str]]:
        rows = range(self._starts[customer + 1] - 1, self._starts[customer] - 1, -1)
        found: dict[str, str] = {}
        for row in rows:
            if not day - self._world.exposure_days <= self._day[row] < day:
                continue
            component = self._world.components[self._component[row]]
            found.setdefault(component.name, component.causes[self._cause[row]][0])
        return list(found.items())


def _write_comment(
    world: World, bank: PhraseBank, recent: list[tuple[str, str]], score: int, rng: np.random.Generator
) -> list[_Mention]:
    others = [name for name in world.component_names if name not in dict(recent)]
    if recent and rng.random() < MENTION_SHARE:
        count = 2 if len(recent) > 1 and rng.random() < SECOND_MENTION_SHARE else 1
        said = [_Mention(bank.complain(c, cause, rng), "complaint", c, cause) for c, cause in recent[:count]]
        if others and rng.random() < OTHER_MENTION_SHARE:
            said.append(_speak_of("praise", bank, others, rng))
        return said
    mood = "good" if score >= 9 else "middling" if score >= 7 else "bad"
    kind = _draw_kind(mood, rng)
    if kind == "vague" or not others:
        return [_Mention(pick(bank.vague[mood], rng), "vague")]
    return [_speak_of(kind, bank, others, rng)]


def _draw_kind(mood: str, rng: np.random.Generator) -> str:
    edges = np.cumsum([share for _, share in KIND_SHARES[mood]])
    return KIND_SHARES[mood][int(np.searchsorted(edges[:-1], rng.random(), side="right"))][0]


def _speak_of(kind: str, bank: PhraseBank, components: list[str], rng: np.random.Generator) -> _Mention:
    if kind == "praise" and rng.random() < 0.3:
        return _Mention(pick(bank.praise["general"], rng), "praise")
    component = pick(components, rng)
    sentences = {"praise": bank.praise, "neutral": bank.neutral, "negated": bank.negated}[kind]
    return _Mention(pick(sentences[component], rng), kind, component)


def _text(said: list[_Mention], language: str, rng: np.random.Generator) -> str | None:
    if not said:
        return None
    sentences = [mention.sentence for mention in said]
    if said[0].kind == "complaint":
        return read_bank(str(language)).wrap(sentences, rng)
    return mistype(" ".join(sentences), rng)


def _labels(ids: list[str], comments: list[list[_Mention]]) -> pd.DataFrame:
    rows = _label_rows(zip(ids, comments, strict=True))
    return pd.DataFrame(list(rows), columns=["record_id", "table", "component", "cause", "kind"])


def _label_rows(
    comments: Iterable[tuple[str, list[_Mention]]],
) -> Iterable[tuple[str, str, str | None, str | None, str]]:
    for record_id, said in comments:
        for mention in said:
            yield record_id, "feedback", mention.component, mention.cause, mention.kind
