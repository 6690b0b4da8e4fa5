"""A claim written again, in words that read as the same."""

from __future__ import annotations

from cxlink.claims.model import Claim, LeavingClaim, SlopeClaim, Span, WorthClaim


def render_claim(claim: Claim) -> str:
    """Write a claim in the words that ``parse_claim`` reads as the same.

    Parameters
    ----------
    claim : Claim
        As read.

    Returns
    -------
    str
        On one line.
    """
    if isinstance(claim, LeavingClaim):
        return f"{claim.group}: {_plain(claim.share * 100)}% leave in {_span_text(claim.span)}"
    if isinstance(claim, WorthClaim):
        span = f" in {_span_text(claim.span)}" if claim.span else ""
        return f"{claim.group} are worth {_plain(claim.factor)}x {claim.base}{span}"
    return f"{_change_text(claim)} = {_amount_text(claim)}"


def _change_text(claim: SlopeClaim) -> str:
    step = _signed(claim.step)
    words = {"retention": f"{step}% retention", "nps percent": f"{step}% NPS", "0-10": f"{step} points of 0-10"}
    return words.get(claim.lever, f"{step} {claim.lever.upper() if claim.lever != 'score' else 'of score'}")


def _amount_text(claim: SlopeClaim) -> str:
    amount = {
        "percent": f"{_signed(claim.amount)}%",
        "points": f"{_signed(claim.amount)} pp",
        "customers": _signed(claim.amount),
        "money": f"{_sign_of(claim.amount)}{claim.currency} {_plain(abs(claim.amount))}",
    }[claim.scale]
    # a percentage of churn is said with "of", as otherwise it reads as points
    of = " of" if claim.scale == "percent" and claim.outcome == "churn" else ""
    who = " a customer" if claim.a_customer else ""
    span = f" in {_span_text(claim.span)}" if claim.span else ""
    return f"{amount}{of} {claim.outcome}{who}{span}"


def _span_text(span: Span) -> str:
    return f"{_plain(span.count)} {span.unit}"


def _sign_of(value: float) -> str:
    return "-" if value < 0 else "+"


def _signed(value: float) -> str:
    return f"{_sign_of(value)}{_plain(abs(value))}"


def _plain(value: float) -> str:
    """Digits that read as the same number: a third decimal is never the last, as it could set thousands apart."""
    text = f"{value:.12f}".rstrip("0").rstrip(".") if value < 1e15 else f"{value:.0f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part}0" if len(part) == 3 else text
