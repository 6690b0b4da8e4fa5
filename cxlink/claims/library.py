"""Published claims, each with its source, and why some of them no company's own data can test."""

from __future__ import annotations

from cxlink.claims.grammar import parse_claim
from cxlink.claims.read import ReadClaim

_TESTED = (
    ("7 NPS points = 1% growth", "Marsden, Samson and Upton (LSE) 2005"),
    ("5% retention = 25% profit", "Reichheld and Sasser 1990, lower end"),
    ("5% retention = 95% profit", "Reichheld and Sasser 1990, upper end"),
    ("+10 NPS = 2.5% revenue", "digithelm.com, credited there to Reichheld/Bain"),
    ("promoters are worth 1.5x average", "digithelm.com, credited there to Reichheld/Bain"),
    ("detractors are worth 0.6x average", "digithelm.com, credited there to Reichheld/Bain"),
    ("detractors: 50% leave in 90 days", "a published calculator of revenue at risk"),
    ("passives: 30% leave in 180 days", "a published calculator of revenue at risk"),
    ("+25% NPS = 56.7% growth", "bloomitize.com: 15% growth becomes 71.7%"),
)
_NOT_TESTED = (
    (
        "1 NPS point = GBP 8.82 million",
        "Marsden, Samson and Upton (LSE) 2005",
        "it is the mean over other companies, of their size and in their currency",
    ),
    (
        "NPS is clearly superior to other scores",
        "examined by Keiningham, Cooil, Andreassen and Aksoy 2007, who found it is not",
        "it compares scores, not a score with money; cxlink kpis sets scores side by side",
    ),
    (
        "NPS has no value",
        "Morgan and Rego 2006",
        "it compares companies' scores and results; no number of one company can bear it out",
    ),
    (
        "NPS does as well as satisfaction, and differs by industry",
        "de Haan, Verhoef and Wiesel 2015",
        "it compares scores, not a score with money; cxlink kpis sets scores side by side",
    ),
    (
        "only NPS over all potential customers predicts sales growth",
        "Baehre et al. 2022",
        "it needs a survey of people who are not customers",
    ),
    (
        "leaders in customer experience beat the market 3 to 1",
        "Watermark",
        "it compares share prices of companies that were ranked afterwards; one company's data cannot test it",
    ),
    (
        "satisfaction raises loyalty, with rather little variance explained",
        "Kumar, Dalla Pozza and Ganesh 2013",
        "it names no number",
    ),
)


def read_library(currency: str) -> tuple[ReadClaim, ...]:
    """Read the published claims.

    Parameters
    ----------
    currency : str
        The project's.

    Returns
    -------
    tuple of ReadClaim
        Those that can be tested first.
    """
    tested = (ReadClaim(text, parse_claim(text, currency=currency), source) for text, source in _TESTED)
    return (*tested, *(ReadClaim(text, None, source, why) for text, source, why in _NOT_TESTED))
