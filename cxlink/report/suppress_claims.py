"""What ``audience = "published"`` leaves out of claims: whatever would tell of a component that is hidden."""

from __future__ import annotations

from dataclasses import replace

from cxlink.estimate import NotEstimable
from cxlink.handoff import AuditedClaim, ClaimAudit
from cxlink.report.hiding import DEDUCIBLE, clean_answer, hide_digits

SOME = NotEstimable("suppressed: it is about some of the customers", "a claim about all customers")


def suppress_claims(audit: ClaimAudit, *, hidden: int) -> ClaimAudit:
    """Leave out of claims what the public must not see.

    Parameters
    ----------
    audit : ClaimAudit
        Of the internal audience.
    hidden : int
        How many components' figures are hidden.

    Returns
    -------
    ClaimAudit
        Without single components where any is hidden, and without what rests on all together where one alone is; of
        claims about some customers only what was said: figures of all and of some would tell of the others.
    """
    return replace(audit, claims=tuple(_suppress(one, hidden) for one in audit.claims))


def _suppress(one: AuditedClaim, hidden: int) -> AuditedClaim:
    if one.among:
        return _withhold(one)
    rungs = tuple(replace(rung, answer=clean_answer(rung.answer)) for rung in one.rungs)
    levers = () if hidden else tuple(replace(rung, answer=clean_answer(rung.answer)) for rung in one.levers)
    cleaned = replace(
        one,
        naive=clean_answer(one.naive),
        estimate=clean_answer(one.estimate),
        inflation=clean_answer(one.inflation),
        rungs=rungs,
        levers=levers,
        why=hide_digits(one.why),
        reasons=tuple(hide_digits(reason) for reason in one.reasons),
    )
    if hidden != 1 or not one.levers:
        return cleaned
    # with the components that are shown, the joint figure gives away the only one that is not
    return replace(
        cleaned,
        estimate=DEDUCIBLE,
        inflation=DEDUCIBLE,
        inflation_set="",
        rungs=tuple(replace(rung, answer=DEDUCIBLE) if rung is rungs[-1] else rung for rung in rungs),
        power=None,
        sentence=f"{one.sentence.partition(':')[0].partition(' about ')[0]}.",
        why="",
        settle="",
        reasons=(),
    )


def _withhold(one: AuditedClaim) -> AuditedClaim:
    return replace(
        one,
        among="some customers",
        reading="",
        verdict="not_identifiable",
        naive=SOME,
        estimate=SOME,
        decided_by="",
        inflation=SOME,
        inflation_set="",
        rungs=(),
        levers=(),
        power=None,
        sentence="Not shown: it is about some of the customers.",
        why="",
        settle="",
        reasons=(),
    )
