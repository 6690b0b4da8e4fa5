"""Claims in plain sentences: how one was read, what became of it, why, and what would settle it."""

from __future__ import annotations

import math

from cxlink.claims.model import LeavingClaim, Span, WorthClaim
from cxlink.claims.scale import MARGINS, Scale
from cxlink.estimate import Estimate
from cxlink.handoff import ClaimPower, ClaimVerdict
from cxlink.stats.fieller import RatioSet

SHOWN: dict[str, str] = {
    "supported": "holds here",
    "overstated": "overstated",
    "understated": "understated",
    "no_effect_shown": "no effect shown",
    "contradicted": "contradicted",
    "imprecise": "cannot tell yet",
    "not_identifiable": "cannot be told from this data",
}
MUCH = 100.0


def show_number(value: float) -> str:
    """Three digits, with thousands set apart.

    Parameters
    ----------
    value : float
        Any number.

    Returns
    -------
    str
        Such as ``12,300`` or ``0.0457``.
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    places = 2 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_slope(scale: Scale, *, said_span: bool) -> str:
    """Tell how a claim about a score was read.

    Parameters
    ----------
    scale : Scale
        Of the claim.
    said_span : bool
        Whether the claim names its horizon.

    Returns
    -------
    str
        Units, population, horizon, and what was assumed.
    """
    claim = scale.claim
    levers = {
        "nps": "a point of NPS (promoters less detractors, in percent)",
        "0-10": f"a point of every answer on 0-10 (here {show_number(scale.answer_point)} points of NPS)",
        "csat": "a point of CSAT on its own scale",
        "ces": "a point of CES on its own scale",
        "score": f"a point of {scale.kpi.upper()}, the run's score",
        "retention": f"a point of the share of customers still there after {scale.months} months",
    }
    who = "one active customer" if claim.a_customer else f"all {scale.population:,} active customers"
    outcome = {"profit": "margin", "value": "margin"}.get(claim.outcome, claim.outcome)
    told = [f"{levers[claim.lever]} against {outcome} of {who} over {scale.months} months"]
    if not said_span:
        told.append("the claim names no horizon, so the run's is taken")
    if claim.outcome in ("profit", "value"):
        told.append(f"{claim.outcome} is read as margin over that time: fixed costs are not known")
    if claim.lever == "retention":
        told.append(f"what comes after {scale.months} months is not in it, and a claim about lifetimes counts it")
    elif claim.scale == "points":
        told.append(f"percentages of {claim.outcome} are read as points")
    if claim.scale == "money" and claim.outcome in ("revenue", *MARGINS):
        told.append("money through components is discounted as in the report")
    return _sentence("; ".join(told))


def read_among(condition: str) -> str:
    """Say whom a claim is about.

    Parameters
    ----------
    condition : str
        On customers' columns; empty for all.

    Returns
    -------
    str
        Ends with a space; empty for all.
    """
    return f"Among customers with {condition}. " if condition else ""


def read_leaving(claim: LeavingClaim) -> str:
    """Tell how a claim about leaving was read.

    Parameters
    ----------
    claim : LeavingClaim
        The claim.

    Returns
    -------
    str
        One sentence.
    """
    return _sentence(f"share of {claim.group} who leave of their own will within {show_span(claim.span)} of an answer")


def read_worth(claim: WorthClaim, months: int) -> str:
    """Tell how a claim about worth was read.

    Parameters
    ----------
    claim : WorthClaim
        The claim.
    months : int
        Horizon.

    Returns
    -------
    str
        One sentence.
    """
    base = "all who answered" if claim.base == "average" else claim.base
    return _sentence(
        f"revenue in the {months} months after the answer, of {claim.group} beside {base}; nothing once they have left"
    )


def show_span(span: Span) -> str:
    """A stretch of time.

    Parameters
    ----------
    span : Span
        As written.

    Returns
    -------
    str
        Such as ``90 days``.
    """
    unit = span.unit[:-1] if span.count == 1 else span.unit
    return f"{show_number(span.count)} {unit}"


def say_verdict(verdict: ClaimVerdict, claimed: float, estimate: Estimate, times: Estimate | None) -> str:
    """One line: what became of the claim.

    Parameters
    ----------
    verdict : str
        Of a claim that an estimate decides.
    claimed : float
        In the estimate's unit.
    estimate : Estimate
        With its 90% interval.
    times : Estimate or None
        How many times the estimate the claim is, where that is bounded.

    Returns
    -------
    str
        A sentence.
    """
    gap = "" if estimate.unit.startswith("%") else " "
    here = (
        f"claimed {show_number(claimed)}{gap}{estimate.unit}, here {show_number(estimate.point)} (90% interval"
        f" {show_number(estimate.low)} to {show_number(estimate.high)})"
    )
    head = SHOWN[verdict]
    if verdict == "overstated" and times is not None:
        head = f"{head} about {show_number(times.point)} times (95%: {_range(times)})"
    if verdict == "understated" and times is not None:
        head = f"{head}: about {show_number(1 / times.point)} times as much"
    return _sentence(f"{head}: {here}")


def _range(times: Estimate) -> str:
    return f"{show_number(times.low)} to {show_number(times.high)}"


def say_why(verdict: ClaimVerdict, power: ClaimPower, estimate: Estimate, claimed: float, *, equivalent: bool) -> str:
    """One line: why.

    Parameters
    ----------
    verdict : str
        Of a claim that an estimate decides.
    power : ClaimPower
        Of that estimate.
    estimate : Estimate
        With its 90% interval.
    claimed : float
        In the estimate's unit.
    equivalent : bool
        Whether any effect a quarter as large as claimed is ruled out.

    Returns
    -------
    str
        A sentence.
    """
    chance = f"{min(power.of_claim, 0.999):.1%}" if power.of_claim > 0.99 else f"{power.of_claim:.0%}"
    return {
        "supported": "The whole interval lies within a factor of 1.25 of the claim.",
        "overstated": "What is found goes the same way, but its whole interval falls short of the claim.",
        "understated": "The whole interval goes beyond the claim.",
        "no_effect_shown": f"Were the claim true, it would have been found with a chance of {chance}"
        + ("; any effect a quarter of its size is ruled out (equivalent to zero)." if equivalent else "."),
        "contradicted": "The whole interval lies on the other side of zero.",
        "imprecise": (
            "What is found goes the same way, and the claim may be right, but the interval is too wide to bear it out"
            " within a factor of 1.25."
            if estimate.low * claimed > 0 and estimate.high * claimed > 0
            else "The data neither bear it out nor rule it out. Were it true, it would be found with a chance of"
            f" {chance}; found four times in five is an effect of {show_number(power.detectable)}."
        ),
        "not_identifiable": "",
    }[verdict]


def say_settle(claimed: float, error: float, delta: float, months_seen: float) -> str:
    """Tell how much more data would settle a claim that nothing is wrong with but the spread.

    Parameters
    ----------
    claimed : float
        Not zero.
    error : float
        Standard error of the estimate.
    delta : float
        Tolerance factor.
    months_seen : float
        Months observed.

    Returns
    -------
    str
        A sentence.
    """
    size = abs(claimed)
    wanted = size / 2.8 if error > size / 2.8 else size * (1 - 1 / delta) / (1.645 + 0.842)
    aim = "find it" if error > size / 2.8 else "bear it out"
    times = max((error / wanted) ** 2, 1.1)
    if times > MUCH:
        return f"Were it true, to {aim} would take more than {MUCH:.0f} times as many incidents and answers."
    more = math.ceil((times - 1) * months_seen)
    return (
        f"Were it true, to {aim} would take about {show_number(times) if times < 10 else f'{times:.0f}'} times as many"
        f" incidents and answers: {more} more months at this pace, or that many more customers."
    )


def say_inflation(found: RatioSet) -> str:
    """How many times the truth the claim may be, whatever form that takes.

    Parameters
    ----------
    found : RatioSet
        At 95%.

    Returns
    -------
    str
        In words.
    """
    if found.kind == "interval":
        return f"{show_number(found.low)} to {show_number(found.high)} times"
    if found.kind == "all":
        return "any number of times: the data do not bound it"
    ends = [
        *([f"below {show_number(found.low)}"] if math.isfinite(found.low) else []),
        *([f"above {show_number(found.high)}"] if math.isfinite(found.high) else []),
    ]
    return f"{' or '.join(ends)} times, without end: the truth may be nothing"


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
