"""The stage: each claim held against every estimate that this data allows, and judged by the strongest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cxlink.claims.gates import find_faults
from cxlink.claims.groups import excess_worth, share_leaving
from cxlink.claims.judge import Deciding, cannot_tell, judge
from cxlink.claims.ladder import CORRECTED, MIN_CUSTOMERS, NAIVE, WITHIN, Climbed, Ladder
from cxlink.claims.levers import estimate_levers
from cxlink.claims.model import Kpi, LeavingClaim, SlopeClaim, WorthClaim
from cxlink.claims.panel import Panel, build_panel
from cxlink.claims.read import ReadClaim
from cxlink.claims.scale import MARGINS, Scale
from cxlink.claims.words import read_among, read_leaving, read_slope, read_worth
from cxlink.estimate import NotEstimable
from cxlink.handoff import AuditedClaim, ChurnFit, ClaimAudit, Impact, Linked, Message, Rung
from cxlink.settings import Settings
from cxlink.stats import EstimationError

NO_KEY = "answers of known customers"
GROUP_SAYS = (
    "What came after the answers of the group. It describes the group; it does not say what would come of moving a"
    " customer into it."
)


def audit_claims(
    linked: Linked,
    churn: ChurnFit,
    impact: Impact,
    settings: Settings,
    claims: Sequence[ReadClaim],
    *,
    weights: np.ndarray,
    impact_among: Mapping[str, Impact] | None = None,
) -> ClaimAudit:
    """Test claims on the data.

    Parameters
    ----------
    linked : Linked
        Timelines, with prices by month.
    churn : ChurnFit
        For what would explain effects away.
    impact : Impact
        Effects of the components, with their draws.
    settings : Settings
        Horizon, margin and currency.
    claims : sequence of ReadClaim
        What to test.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one, shared with every other part of the run.
    impact_among : mapping of str to Impact, optional
        By condition, effects over the customers whom a claim is about.

    Returns
    -------
    ClaimAudit
        A verdict for each, in their order.
    """
    if not claims:
        return ClaimAudit()
    data = {"": _Data(linked, churn, impact, settings, weights)}
    for among in dict.fromkeys(one.among for one in claims if one.among):
        # of nobody at all no effects are estimated, and none are asked for below
        effects = (impact_among or {}).get(among, impact)
        data[among] = _Data(_answers_of(linked, linked.among[among]), churn, effects, settings, weights, among)
    audited = tuple(data[one.among].audit(one) for one in claims)
    return ClaimAudit(audited, _messages(audited))


def _answers_of(linked: Linked, meant: np.ndarray) -> Linked:
    """The same timelines, with answers of the customers meant alone."""
    rows = linked.responses
    customer = rows["customer"].to_numpy(dtype=np.int64)
    known = (customer >= 0) & meant[customer]
    active = linked.customers["active"].to_numpy(dtype=bool) & meant
    return replace(linked, responses=rows.loc[known], customers=linked.customers.assign(active=active))


def _messages(audited: tuple[AuditedClaim, ...]) -> tuple[Message, ...]:
    untold = sum(one.verdict == "not_identifiable" and not one.source for one in audited)
    if not untold:
        return ()
    many = "1 claim" if untold == 1 else f"{untold} claims"
    return (
        Message(
            "CX565",
            "warning",
            "claims",
            f"{many} cannot be told from this data.",
            "The section on claims says why, and what it would take.",
        ),
    )


@dataclass(frozen=True, slots=True)
class _Data:
    """What every claim is held against; panels are built once."""

    linked: Linked
    churn: ChurnFit
    impact: Impact
    settings: Settings
    weights: np.ndarray
    among: str = ""
    panels: dict[tuple[Kpi, int], Panel] = field(default_factory=dict)

    def panel(self, kpi: Kpi, months: int) -> Panel:
        if (kpi, months) not in self.panels:
            self.panels[kpi, months] = build_panel(self.linked, kpi, months)
        return self.panels[kpi, months]

    def audit(self, read: ReadClaim) -> AuditedClaim:
        claim = read.claim
        if claim is None:
            return cannot_tell(read, "Not read: no number to test.", read.untestable, "")
        if isinstance(claim, SlopeClaim):
            return self._few(read) or self._slope(read, claim)
        reading = read_leaving(claim) if isinstance(claim, LeavingClaim) else read_worth(claim, self._months(claim))
        return self._group(read, claim, read_among(self.among) + reading)

    def _few(self, read: ReadClaim) -> AuditedClaim | None:
        active = int(self.linked.customers["active"].sum())
        if not self.among or active >= MIN_CUSTOMERS:
            return None
        why = f"{active} active customers are such ({self.among}), needs {MIN_CUSTOMERS}"
        return cannot_tell(read, read_among(self.among).strip(), why, "a condition that more customers meet")

    def _months(self, claim: SlopeClaim | WorthClaim) -> int:
        return self.settings.model.horizon_months if claim.span is None else claim.span.months

    @property
    def _months_seen(self) -> float:
        return (self.linked.to_day - self.linked.from_day) * 12 / 365.25

    # claims about a score

    def _slope(self, read: ReadClaim, claim: SlopeClaim) -> AuditedClaim:
        if claim.lever == "nps percent":
            why = (
                "a percentage of NPS is no unit: NPS is a difference of two shares, which can be zero or negative, so"
                " that no percentage of it means anything"
            )
            return cannot_tell(read, "A percentage of NPS.", why, "the claim in points of NPS, such as +10 NPS")
        scale = self._scale(claim)
        reading = read_among(self.among) + read_slope(scale, said_span=claim.span is not None)
        missing = self._missing(claim, scale)
        if missing is not None:
            return replace(cannot_tell(read, reading, missing.reason, missing.needs), unit=scale.unit)
        ladder = Ladder(self.linked, self.panel(scale.kpi, scale.months), scale, self.weights)
        climbed = ladder.climb()
        levers = estimate_levers(scale, self.impact, self.churn, months=self.settings.model.horizon_months)
        rungs = (*(one.rung for one in climbed), levers.joint.rung)
        decides, faults = choose_deciding(climbed, levers.joint, levers.faults, ladder)
        naive = next(rung.answer for rung in rungs if rung.name == NAIVE)
        about = Deciding(
            read, reading, scale.claimed, scale.unit, naive, rungs, levers.each, self._months_seen, decides, faults
        )
        if claim.lever == "retention":
            caveat = f"That is over {scale.months} months alone: a claim about lifetimes counts what comes after."
            about = replace(about, caveat=caveat)
        return judge(about)

    def _missing(self, claim: SlopeClaim, scale: Scale) -> NotEstimable | None:
        if claim.lever != "retention":
            known = self.linked.responses
            rows = known.loc[known[scale.kpi].notna() & (known["customer"] >= 0)]
            n = int(rows["customer"].nunique())
            if n < MIN_CUSTOMERS:
                return NotEstimable(
                    f"{n} known customers answered {scale.kpi.upper()}, needs {MIN_CUSTOMERS}",
                    f"customer_id or email in feedback, and {scale.kpi}",
                )
        if scale.population == 0:
            return NotEstimable("nobody is active at the cut-off", "customers still active")
        if claim.outcome in MARGINS and claim.scale == "money" and self.settings.finance.gross_margin is None:
            return NotEstimable("no gross margin is given", "[finance] gross_margin")
        if scale.months > self._months_seen:
            return NotEstimable(
                f"the claim is about {scale.months} months, the data hold {self._months_seen:.0f}", "a longer window"
            )
        return None

    def _scale(self, claim: SlopeClaim) -> Scale:
        kpis: dict[str, Kpi] = {"nps": "nps", "0-10": "nps", "csat": "csat", "ces": "ces"}
        kpi = kpis.get(claim.lever, self.impact.kpi)
        margin = self.settings.finance.gross_margin
        return Scale(
            claim=claim,
            kpi=kpi,
            population=self.impact.population,
            margin_rate=margin if claim.outcome in MARGINS and margin is not None else 1.0,
            currency=self.settings.project.currency,
            months=self._months(claim),
            answer_point=self._answer_point() if claim.lever == "0-10" else 1.0,
        )

    def _answer_point(self) -> float:
        """Points of NPS that one point of every answer moves: those at 6 and at 8 cross a line."""
        scores = self.linked.responses["nps"].dropna().to_numpy(dtype=float)
        crossing = np.isin(scores, (6.0, 8.0)).mean() if len(scores) else 0.0
        return max(100.0 * float(crossing), 1e-9)

    # claims about a group

    def _group(self, read: ReadClaim, claim: LeavingClaim | WorthClaim, reading: str) -> AuditedClaim:
        linked = self.linked
        refusal = linked.churn_refusal if isinstance(claim, LeavingClaim) else linked.money_refusal
        if refusal is not None:
            return cannot_tell(read, reading, refusal.reason, refusal.needs)
        try:
            if isinstance(claim, LeavingClaim):
                naive, found = share_leaving(linked, self.panel("nps", 1), claim, len(self.weights))
                claimed, unit = 100 * claim.share, f"% of {claim.group} leaving"
            else:
                panel = self.panel("nps", self._months(claim))
                if not panel.has_prices:
                    raise EstimationError("no revenue by month is known")
                naive, found = excess_worth(panel, claim, self.weights)
                base = "all customers" if claim.base == "average" else claim.base
                claimed, unit = 100 * (claim.factor - 1), f"% compared with {base}"
        except EstimationError as error:
            return cannot_tell(read, reading, error.reason, NO_KEY)
        how = "cumulative incidence" if isinstance(claim, LeavingClaim) else "revenue after the answer"
        plain = "plain share" if isinstance(claim, LeavingClaim) else "price at the answer"
        rungs = [Climbed(Rung(plain, naive.answer(unit, plain), "What is seen so far, or at that moment."), naive)]
        rungs.append(Climbed(Rung(how, found.answer(unit, how), GROUP_SAYS), found))
        return judge(
            Deciding(
                read,
                reading,
                claimed,
                unit,
                rungs[0].rung.answer,
                tuple(one.rung for one in rungs),
                (),
                self._months_seen,
                rungs[1],
                (),
            )
        )


def choose_deciding(
    climbed: Sequence[Climbed], joint: Climbed, faults: tuple[str, ...], ladder: Ladder
) -> tuple[Climbed, tuple[str, ...]]:
    """Choose what decides by a rule that knows no numbers: through components; else within customers; else nothing.

    Parameters
    ----------
    climbed : sequence of Climbed
        Rungs that rest on answers.
    joint : Climbed
        Through components.
    faults : tuple of str
        Why that one is not to be trusted.
    ladder : Ladder
        For the tests that answers must pass.

    Returns
    -------
    Climbed
        The deciding rung.
    tuple of str
        Why it must not decide; empty where it may.
    """
    if joint.quantity is not None:
        return joint, faults
    by_name = {one.rung.name: one for one in climbed}
    plain, corrected = by_name[WITHIN], by_name[CORRECTED]
    if corrected.quantity is not None and not isinstance(corrected.rung.answer, NotEstimable):
        return corrected, find_faults(ladder)
    other = plain.rung.answer if plain.quantity is None else corrected.rung.answer
    told = (("through components", joint.rung.answer), ("within customers", other))
    return joint, tuple(f"{name}: {one.reason}" for name, one in told if isinstance(one, NotEstimable))
