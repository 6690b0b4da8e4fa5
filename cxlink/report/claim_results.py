"""Claims in the shape of ``results.json``."""

from __future__ import annotations

from cxlink.handoff import AuditedClaim, ClaimAudit, ClaimPower, Rung
from cxlink.report.answer_results import answer_result
from cxlink.report.claim_models import ClaimPowerResult, ClaimResult, RungResult
from cxlink.report.numbers import round_exact


def build_claim_results(audit: ClaimAudit) -> list[ClaimResult]:
    """Put claims into the shape of ``results.json``.

    Parameters
    ----------
    audit : ClaimAudit
        With small cells hidden where that is wanted.

    Returns
    -------
    list of ClaimResult
        In their order; numbers of nine significant digits.
    """
    return [_claim(one) for one in audit.claims]


def _claim(one: AuditedClaim) -> ClaimResult:
    return ClaimResult(
        text=one.text,
        verdict=one.verdict,
        claimed=None if one.claimed is None else round_exact(one.claimed),
        naive=answer_result(one.naive),
        estimate=answer_result(one.estimate),
        inflation=answer_result(one.inflation),
        reasons=list(one.reasons),
        source=one.source,
        among=one.among,
        reading=one.reading,
        unit=one.unit,
        decided_by=one.decided_by,
        inflation_set=one.inflation_set,
        rungs=[_rung(rung) for rung in one.rungs],
        levers=[_rung(rung) for rung in one.levers],
        power=None if one.power is None else _power(one.power),
        sentence=one.sentence,
        why=one.why,
        settle=one.settle,
    )


def _rung(rung: Rung) -> RungResult:
    return RungResult(name=rung.name, answer=answer_result(rung.answer), says=rung.says)


def _power(power: ClaimPower) -> ClaimPowerResult:
    return ClaimPowerResult(
        detectable=round_exact(power.detectable),
        of_claim=round_exact(power.of_claim),
        wrong_sign=round_exact(power.wrong_sign),
        exaggeration=round_exact(power.exaggeration),
    )
