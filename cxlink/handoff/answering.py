"""What is handed on about those who were asked and did not answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cxlink.estimate import Answer


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers, and what the silent make of level and effects of the KPI.

    Parameters
    ----------
    known_from : str
        ``invitations``, or ``spacing``: silence is taken from how far apart one customer's answers lie.
    every_days : float or None
        That distance; None with invitations.
    asked, answered : int
        Rows of known customers: times somebody was asked, and those of them with an answer.
    shares : mapping of str to Answer
        Share of the asked that answers, by what they would have said (``detractors``, ...).
    among_answers, weighted, of_all : Answer
        KPI of those who answered; weighted to all asked by attributes and incidents; and if answering may hang on the
        level itself.
    bounds : Answer
        From what the KPI would be if all the silent were at the lower end, to the upper end.
    effect_among_answers, effect_of_all : mapping of str to Answer
        KPI points of having met an incident, by component: by regression among answers, and over all asked.
    """

    known_from: Literal["invitations", "spacing"]
    every_days: float | None
    asked: int
    answered: int
    shares: Mapping[str, Answer]
    among_answers: Answer
    weighted: Answer
    of_all: Answer
    bounds: Answer
    effect_among_answers: Mapping[str, Answer]
    effect_of_all: Mapping[str, Answer]
