"""Claims and what became of them, as sections of plain cells."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.estimate import Answer, NotEstimable
from cxlink.handoff import AuditedClaim, Rung
from cxlink.report.cell_texts import figure_or_dash
from cxlink.report.section import Kind, Section, Value

TITLE = "Claims"
SHOWN = {
    "supported": "holds here",
    "overstated": "overstated",
    "understated": "understated",
    "no_effect_shown": "no effect shown",
    "contradicted": "contradicted",
    "imprecise": "cannot tell yet",
    "not_identifiable": "not from this data",
}
NOTE = (
    "Verdicts rest on the 90% interval of the estimate that decides; a claim within a factor of 1.25"
    " counts as right. Other estimates show what other ways of computing it would say, and decide nothing."
)


def build_claim_sections(claims: Sequence[AuditedClaim]) -> tuple[Section, ...]:
    """Show the verdicts, and below them each claim with all its estimates.

    Parameters
    ----------
    claims : sequence of AuditedClaim
        With small cells hidden where that is wanted.

    Returns
    -------
    tuple of Section
        Empty where there is no claim.
    """
    if not claims:
        return ()
    return (_overview(claims), *(_ladder(one, number) for number, one in enumerate(claims, start=1) if one.rungs))


def _overview(claims: Sequence[AuditedClaim]) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (
        ("Claim", "text"),
        ("Verdict", "text"),
        ("Claimed", "text"),
        ("Here (90%)", "text"),
        ("Times too high (95%)", "text"),
    )
    notes = (*(say_claim(one) for one in claims), NOTE)
    return Section("claims", TITLE, columns, tuple(_row(one) for one in claims), notes)


def _row(one: AuditedClaim) -> tuple[Value, ...]:
    return (
        one.name,
        SHOWN[one.verdict],
        "-" if one.claimed is None else f"{one.claimed:,.3g}",
        figure_or_dash(one.estimate),
        figure_or_dash(one.inflation),
    )


def say_claim(one: AuditedClaim) -> str:
    """One claim in words: its verdict, why, and what would settle it.

    Parameters
    ----------
    one : AuditedClaim
        With its verdict.

    Returns
    -------
    str
        A few sentences.
    """
    source = f" ({one.source})" if one.source else ""
    said = " ".join(part for part in (one.sentence, one.why, one.settle) if part)
    return f"{one.name}{source}: {said}"


def _ladder(one: AuditedClaim, number: int) -> Section:
    columns: tuple[tuple[str, Kind], ...] = (("Estimate", "text"), ("90% interval", "text"))
    rows = [("claimed", "-" if one.claimed is None else f"{one.claimed:,.3g}")]
    rows += [(_name(one, rung), figure_or_dash(rung.answer)) for rung in one.rungs]
    rows += [(f"through {rung.name} alone", figure_or_dash(rung.answer)) for rung in one.levers]
    said = (f"{rung.name}: {_says(rung)}" for rung in one.rungs)
    lacking = (f"through {rung.name} alone: {_missing(rung.answer)}" for rung in one.levers if _missing(rung.answer))
    notes = [line for line in (one.reading, _times(one), *one.reasons, *said, *lacking) if line]
    title = f"Claim {number}: {one.name} ({one.unit})"
    return Section(f"claim_{number}", title, columns, tuple(rows), tuple(notes), folded=True)


def _name(one: AuditedClaim, rung: Rung) -> str:
    return f"{rung.name} (decides)" if rung.name == one.decided_by else rung.name


def _says(rung: Rung) -> str:
    missing = _missing(rung.answer)
    return f"{missing} {rung.says}" if missing else rung.says


def _missing(answer: Answer) -> str:
    return f"Not told: {answer.reason}." if isinstance(answer, NotEstimable) else ""


def _times(one: AuditedClaim) -> str:
    return f"The claim is {one.inflation_set} what is found (95%)." if one.inflation_set else ""
