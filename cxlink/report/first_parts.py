"""What the first screen is made of: the few facts that a reader takes away, each built once for every rendering."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.report.charts.calibration import Calibration
from cxlink.report.charts.control import Control
from cxlink.report.charts.forest import Forest
from cxlink.report.charts.ladder import Ladder
from cxlink.report.charts.tornado import Tornado
from cxlink.report.charts.waterfall import Waterfall

Parts = tuple[str, ...]
"""A sentence: parts of others are ``Untrusted``."""

Spec = Forest | Waterfall | Control | Ladder | Tornado | Calibration


@dataclass(frozen=True, slots=True)
class PlacedChart:
    """A chart and the part of the report it belongs to; texts of others in it are escaped where it is drawn."""

    place: str
    chart: Spec


@dataclass(frozen=True, slots=True)
class CauseToMend:
    """A cause worth mending first: whom it reached, one redacted example ("" where there is none), its records."""

    component: str
    cause: str
    reach: str
    example: str
    command: Parts


@dataclass(frozen=True, slots=True)
class WaitingScore:
    """A low score that waits for an answer: whose, of which day, and what the customer pays a month, as text."""

    customer: str
    day: str
    score: str
    monthly: str


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim and its verdict, with what is claimed and what is found."""

    text: str
    verdict: str
    found: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """What cannot be told, what that needs, and when it could be."""

    output: str
    needs: str
    when: str


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What a reader of the first screen alone is told.

    Parameters
    ----------
    costliest : tuple of str
        The costliest component that can be measured.
    evidence : tuple of str
        What that rests on, in words.
    tenth : tuple of str
        What 10% fewer incidents are worth; empty where that cannot be told.
    ceiling : tuple of str
        What all components together cost, with its interval, or why that cannot be told.
    mend : tuple of CauseToMend
        At most three.
    waiting_line : str
        How many low scores wait for an answer, and what these customers pay.
    waiting : tuple of WaitingScore
        Of those who pay most; empty for the public.
    claims : tuple of ClaimLine
        One a claim.
    moved : tuple of str
        What moved more than chance; the last line is about all the rest.
    matched : str
        Whether the ledger balances, and how much of the data was matched.
    silent : str
        How those who do not answer differ.
    not_yet : tuple of NotYet
        Components first.
    """

    costliest: Parts = ()
    evidence: Parts = ()
    tenth: Parts = ()
    ceiling: Parts = ()
    mend: tuple[CauseToMend, ...] = ()
    waiting_line: str = ""
    waiting: tuple[WaitingScore, ...] = ()
    claims: tuple[ClaimLine, ...] = ()
    moved: tuple[str, ...] = ()
    matched: str = ""
    silent: str = ""
    not_yet: tuple[NotYet, ...] = ()


NO_FIRST_SCREEN = FirstScreen()
