"""Claims as people write them: what is read, what is refused and where, and what reads the same when written again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlink.claims.grammar import EXAMPLES, MAX_LENGTH, parse_claim
from cxlink.claims.library import read_library
from cxlink.claims.model import Claim, LeavingClaim, SlopeClaim, Span, WorthClaim
from cxlink.claims.render import render_claim
from cxlink.claims.tokens import GrammarError

YEAR, QUARTER = Span(1.0, "years"), Span(90.0, "days")
READ = {
    "+1 NPS = +0.5% revenue": SlopeClaim(1, "nps", 0.5, "percent", "revenue"),
    "+1 NPS == 0,5 % receita": SlopeClaim(1, "nps", 0.5, "percent", "revenue"),
    "+10 NPS -> -2 pp churn": SlopeClaim(10, "nps", -2, "points", "churn"),
    "+10 NPS → −2 pp churn in 90 days": SlopeClaim(10, "nps", -2, "points", "churn", span=QUARTER),
    "+10 NPS => 2% less churn": SlopeClaim(10, "nps", -2, "points", "churn"),
    "+10 NPS = -2% of churn": SlopeClaim(10, "nps", -2, "percent", "churn"),
    "-1 NPS = -0.5% sales": SlopeClaim(-1, "nps", -0.5, "percent", "revenue"),
    "7 NPS points = 1% growth": SlopeClaim(7, "nps", 1, "percent", "revenue"),
    "+1 NPS = €8.82M": SlopeClaim(1, "nps", 8.82e6, "money", "revenue", "EUR"),
    "+1 NPS = 1.234,56 € margin per year": SlopeClaim(1, "nps", 1234.56, "money", "margin", "EUR", span=YEAR),
    "+1 NPS = 1,234.56 EUR": SlopeClaim(1, "nps", 1234.56, "money", "revenue", "EUR"),
    "+1 NPS = EUR 1 234 567": SlopeClaim(1, "nps", 1234567, "money", "revenue", "EUR"),
    "+1 NPS = EUR 1,500 a customer": SlopeClaim(1, "nps", 1500, "money", "revenue", "EUR", a_customer=True),
    "+1 NPS = EUR 100 a customer a year": SlopeClaim(
        1, "nps", 100, "money", "revenue", "EUR", a_customer=True, span=YEAR
    ),
    "each 0-10 point = 2% revenue": SlopeClaim(1, "0-10", 2, "percent", "revenue"),
    "+0.1 of score = 1% margin": SlopeClaim(0.1, "score", 1, "percent", "margin"),
    "+1 CSAT = 3% revenue": SlopeClaim(1, "csat", 3, "percent", "revenue"),
    "+1 CES point = -1 pp churn": SlopeClaim(1, "ces", -1, "points", "churn"),
    "5% retention = 25% profit": SlopeClaim(5, "retention", 25, "percent", "profit"),
    "5 pp retention = 25% profit": SlopeClaim(5, "retention", 25, "percent", "profit"),
    "+25% NPS = 5% revenue": SlopeClaim(25, "nps percent", 5, "percent", "revenue"),
    "+1 NPS = 50 customers": SlopeClaim(1, "nps", 50, "customers", "customers"),
    "+1 NPS = -1% cost to serve": SlopeClaim(1, "nps", -1, "percent", "cost"),
    "detractors: 50% leave in 90 days": LeavingClaim("detractors", 0.5, QUARTER),
    "promoters are worth 2x": WorthClaim("promoters", 2, "average"),
    "promoters are worth 1,5× the average customer": WorthClaim("promoters", 1.5, "average"),
    "Detractors are worth 0.6x passives in 12 months": WorthClaim(
        "detractors", 0.6, "passives", Span(12.0, "months")
    ),
}  # fmt: skip
REFUSED = {
    "": ("CX560", 0),
    "NPS matters": ("CX560", 0),
    "+1 NPS": ("CX560", 6),
    "+1 NPS = 5": ("CX560", 10),
    "+1 NPS = 5% happiness": ("CX560", 12),
    "+1 NPS = 5% revenue tomorrow": ("CX560", 20),
    "+1 NPS = 1.125% revenue": ("CX561", 9),
    "+1 NPS = EUR 1,23,456": ("CX561", 13),
    "+1 NPS = $ 5 revenue": ("CX562", 9),
    "+1 NPS = 5 GBP revenue": ("CX562", 11),
    "+0 NPS = 5% revenue": ("CX563", 1),
    "+1 NPS = 0% revenue": ("CX563", 9),
    "+1 NPS = 5% revenue in 99 years": ("CX563", 26),
    "promoters are worth 1x": ("CX563", 21),
    "promoters are worth 2x promoters": ("CX563", 23),
    "detractors: 130% leave in 90 days": ("CX563", 15),
    "detractors: 50% leave": ("CX560", 21),
    "5 retention = 3% profit": ("CX560", 2),
    "+1 NPS = 5 pp revenue": ("CX560", 21),
    "+1 NPS ≈ 5% revenue": ("CX560", 7),
}


@pytest.mark.parametrize("text", list(READ))
def test_claims_are_read(text: str) -> None:
    assert parse_claim(text, currency="EUR") == READ[text]


@pytest.mark.parametrize("text", list(REFUSED))
def test_what_cannot_be_read_is_refused_at_its_place(text: str) -> None:
    with pytest.raises(GrammarError) as caught:
        parse_claim(text, currency="EUR")
    assert (caught.value.code, caught.value.place) == REFUSED[text]
    assert caught.value.expected


def test_a_sign_is_the_currency_of_the_project_where_it_can_be() -> None:
    assert parse_claim("+1 NPS = $5", currency="CAD") == SlopeClaim(1, "nps", 5, "money", "revenue", "CAD")


@pytest.mark.parametrize("text", EXAMPLES)
def test_examples_of_the_grammar_are_read(text: str) -> None:
    claim = parse_claim(text, currency="EUR")
    assert parse_claim(render_claim(claim), currency="EUR") == claim


def test_spans_are_days_and_whole_months() -> None:
    assert Span(90.0, "days").months == 3
    assert Span(1.0, "years").months == 12
    assert Span(3.0, "days").months == 1


def test_the_library_can_be_read_in_any_currency() -> None:
    for currency in ("EUR", "JPY", "BRL"):
        library = read_library(currency)
        assert all((one.claim is None) == bool(one.untestable) for one in library)
        assert all(one.source for one in library)


WORDS = """
    + - − % = -> → => : x × ± 0-10 1 10 2.5 2,5 1.500 1,500.25 € $ EUR USD R$ NPS CSAT CES score retention revenue
    margin profit churn customers pp points a customer per year in 90 days over 12 months detractors promoters passives
    leave are worth average each of the less more ٣ ½ 🙂
"""
VOCABULARY = st.sampled_from([*WORDS.split(), "\x00", "\n"])


@given(st.lists(VOCABULARY, max_size=14).map(" ".join) | st.text(max_size=MAX_LENGTH + 20))
def test_any_text_is_read_or_refused_in_place(text: str) -> None:
    found: Claim | GrammarError
    try:
        found = parse_claim(text, currency="EUR")
    except GrammarError as error:
        found = error
    if isinstance(found, GrammarError):
        assert found.code in {"CX560", "CX561", "CX562", "CX563"}
        assert 0 <= found.place <= max(len(text), MAX_LENGTH)
    else:
        assert parse_claim(render_claim(found), currency="EUR") == found


NUMBERS = st.integers(1, 10**9).map(float) | st.integers(1, 10**9).map(lambda n: round(n / 10**6, 9))
SPANS = st.none() | st.builds(Span, st.integers(1, 20).map(float), st.sampled_from(("days", "months", "years")))
SIGNED = st.tuples(NUMBERS, st.booleans()).map(lambda pair: -pair[0] if pair[1] else pair[0])
OUTCOMES = st.one_of(
    st.tuples(st.just("percent"), st.sampled_from(("revenue", "margin", "profit", "value", "cost", "churn"))),
    st.tuples(st.just("points"), st.sampled_from(("churn", "retention"))),
    st.tuples(st.just("customers"), st.just("customers")),
)
SLOPES = st.builds(
    lambda step, lever, amount, kind, span: SlopeClaim(step, lever, amount, kind[0], kind[1], span=span),
    SIGNED,
    st.sampled_from(("nps", "0-10", "csat", "ces", "score", "nps percent")),
    SIGNED,
    OUTCOMES,
    SPANS,
)
MONEY = st.builds(
    lambda step, amount, outcome, one, span: SlopeClaim(step, "nps", amount, "money", outcome, "EUR", one, span),
    SIGNED,
    SIGNED,
    st.sampled_from(("revenue", "margin", "cost")),
    st.booleans(),
    SPANS,
)
WORTHS = st.builds(
    WorthClaim, st.just("promoters"), NUMBERS.filter(lambda x: x != 1), st.sampled_from(("average", "passives")), SPANS
)


@given(SLOPES | MONEY | WORTHS)
def test_a_claim_written_again_reads_the_same(claim: Claim) -> None:
    assert parse_claim(render_claim(claim), currency="EUR") == claim
