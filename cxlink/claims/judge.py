"""From the deciding estimate to a verdict, in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cxlink.claims.ladder import Climbed
from cxlink.claims.quantity import WIDER
from cxlink.claims.read import ReadClaim
from cxlink.claims.words import SHOWN, say_inflation, say_settle, say_verdict, say_why
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import AuditedClaim, ClaimPower, ClaimVerdict, Rung
from cxlink.stats.claim_verdict import DELTA, Power, is_equivalent_to_zero, judge_claim, measure_power
from cxlink.stats.fieller import RatioSet

Z90 = 1.6448536269514722
SMALLEST = 0.25
"""Of the claim: an effect smaller than this share of it would not matter to who made it."""


@dataclass(frozen=True, slots=True)
class Deciding:
    """A claim, all estimates of it, and the one that decides.

    Parameters
    ----------
    read : ReadClaim
        The claim.
    reading : str
        How it was read.
    claimed : float
        In `unit`.
    unit : str
        Of all estimates.
    naive : Answer
        The weakest rung's.
    rungs, levers : tuple of Rung
        All estimates.
    months_seen : float
        Months observed.
    decides : Climbed
        The deciding rung.
    faults : tuple of str
        Why it must not decide; empty where it may.
    caveat : str
        What goes with any verdict on a claim of this kind.
    """

    read: ReadClaim
    reading: str
    claimed: float
    unit: str
    naive: Answer
    rungs: tuple[Rung, ...]
    levers: tuple[Rung, ...]
    months_seen: float
    decides: Climbed
    faults: tuple[str, ...]
    caveat: str = ""


def cannot_tell(read: ReadClaim, reading: str, why: str, needs: str) -> AuditedClaim:
    """Say that a claim cannot be told from this data.

    Parameters
    ----------
    read : ReadClaim
        The claim.
    reading : str
        How it was read.
    why : str
        The reason.
    needs : str
        What would unlock it; empty where nothing would.

    Returns
    -------
    AuditedClaim
        Without any estimate.
    """
    refusal = NotEstimable(why, needs)
    return AuditedClaim(
        text=read.text,
        source=read.source,
        among=read.among,
        reading=reading,
        verdict="not_identifiable",
        claimed=None,
        unit="",
        naive=refusal,
        estimate=refusal,
        decided_by="",
        inflation=refusal,
        inflation_set="",
        rungs=(),
        levers=(),
        power=None,
        sentence=f"{_start(SHOWN['not_identifiable'])}.",
        why=f"{_start(why)}.",
        settle=f"Needs {needs}." if needs else "",
        reasons=(why,),
    )


def judge(about: Deciding) -> AuditedClaim:
    """Judge a claim by its deciding estimate.

    Parameters
    ----------
    about : Deciding
        The claim and its estimates.

    Returns
    -------
    AuditedClaim
        Not identifiable where a test failed that the estimate must pass.
    """
    quantity, answer = about.decides.quantity, about.decides.rung.answer
    if quantity is None or isinstance(answer, NotEstimable) or about.faults:
        return _not_identifiable(about)
    error = (answer.high - answer.low) / (2 * Z90)
    power = measure_power(about.claimed, max(error, 1e-12 * abs(about.claimed)))
    wider = quantity.inflation_set(about.claimed)
    verdict: ClaimVerdict = judge_claim(
        about.claimed, low=answer.low, high=answer.high, power=power.of_claim, wider=wider
    )
    inflation = _inflation(about, answer, wider)
    times = inflation if isinstance(inflation, Estimate) else None
    equivalent = is_equivalent_to_zero(answer.low, answer.high, SMALLEST * abs(about.claimed))
    told = _power(power)
    why = say_why(verdict, told, answer, about.claimed, equivalent=equivalent)
    reaching = _levers_that_reach(about, verdict) + (f" {about.caveat}" if about.caveat else "")
    return replace(
        _start_from(about),
        verdict=verdict,
        estimate=answer,
        decided_by=about.decides.rung.name,
        inflation=inflation,
        inflation_set=say_inflation(wider),
        power=told,
        sentence=say_verdict(verdict, about.claimed, answer, times),
        why=f"{why}{reaching}",
        settle=say_settle(about.claimed, error, DELTA, about.months_seen) if verdict == "imprecise" else "",
        reasons=(why, *([reaching.strip()] if reaching else []), *_distance(answer, power)),
    )


def _start_from(about: Deciding) -> AuditedClaim:
    return replace(
        cannot_tell(about.read, about.reading, "", ""),
        claimed=about.claimed,
        unit=about.unit,
        naive=about.naive,
        rungs=about.rungs,
        levers=about.levers,
    )


def _not_identifiable(about: Deciding) -> AuditedClaim:
    answer = about.decides.rung.answer
    faults = about.faults or ((answer.reason,) if isinstance(answer, NotEstimable) else ())
    needs = answer.needs if isinstance(answer, NotEstimable) else "what it is put in doubt by, as an attribute"
    refusal = NotEstimable("; ".join(faults), needs)
    return replace(
        _start_from(about),
        estimate=refusal,
        inflation=refusal,
        why=f"{_start(refusal.reason)}.",
        settle=f"Needs {needs}." if needs else "",
        reasons=faults,
    )


def _inflation(about: Deciding, answer: Estimate, wider: RatioSet) -> Answer:
    if wider.kind != "interval" or answer.point == 0:
        return NotEstimable(f"the 95% set has no end: {say_inflation(wider)}", "more incidents and more answers")
    times = about.claimed / answer.point
    low, high = min(wider.low, times), max(wider.high, times)
    method = "claim over estimate, Fieller's set"
    return Estimate(times, low, high, WIDER, "times", answer.n, answer.events, method)


def _power(power: Power) -> ClaimPower:
    return ClaimPower(power.detectable, power.of_claim, power.wrong_sign, power.exaggeration)


def _distance(answer: Estimate, power: Power) -> tuple[str, ...]:
    """An estimate that was found in spite of little power is likely too large."""
    found = answer.low > 0 or answer.high < 0
    if found and power.exaggeration > DELTA:
        return (
            f"Were the claim true, what is found at this precision would be {power.exaggeration:.2g} times too large on"
            " average.",
        )
    return ()


def _levers_that_reach(about: Deciding, verdict: ClaimVerdict) -> str:
    """A claim that is too high for all components together may hold for one of them."""
    if verdict not in ("overstated", "no_effect_shown"):
        return ""
    reach = [
        rung.name
        for rung in about.levers
        if isinstance(rung.answer, Estimate)
        and rung.answer.low <= about.claimed <= rung.answer.high
        and rung.answer.low * about.claimed > 0
    ]
    return f" It may hold where {' or '.join(reach)} alone moves the score." if reach else ""


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]
