"""A clean pair of exports and its truth: 60 charges and 44 answers of 12 customers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.load.pollution.draft import Draft, Record

CUSTOMERS = ("C-01", "C-02", "0017", "17", "C-03", "C-04", "C-05", "C-06", "C-07", "C-08", "C-09", "C-10")
CENTS = (1250, 99, 123456, 700000, 4999, 1, 250000, 100, 88888, 1000, 345, 2050)
KINDS = ("recurring", "recurring", "one_off", "recurring", "recurring", "one_off", "recurring")
COMMENTS = (
    "",
    "plain words",
    'He said "never again", then left',
    "first line\nsecond line, with a comma",
    "semi;colon | pipe \t tab",
    "שלום, השירות היה איטי",
    "great 👍🏽 – très bien, ačiū",
    "  spaces around  ",
    "it's a \\ backslash 'quoted'",
    '=HYPERLINK("x")',
    "Ελληνικά и русский 中文",
)
LANGUAGES = ("en", "fr", "lv", "he", "")
REVENUE_COLUMNS = ("invoice_id", "customer_id", "charged_on", "amount", "currency", "kind")
FEEDBACK_COLUMNS = ("response_id", "customer_id", "responded_at", "nps", "language", "comment")
N_CHARGES, N_ANSWERS = 60, 44
BIG_ROW, BIG_CENTS = 33, 123456789
SMALL_ROW = 5
"""A charge of one cent, which may be held back without anyone missing it."""


def decimal_text(cents: int, exponent: int = 2) -> str:
    """An amount in the plainest way."""
    if not exponent:
        return str(cents)
    digits = str(abs(cents)).rjust(exponent + 1, "0")
    return f"{'-' if cents < 0 else ''}{digits[:-exponent]}.{digits[-exponent:]}"


def _charge(n: int) -> Record:
    refund = n % 7 == 6
    cents = BIG_CENTS if n == BIG_ROW else CENTS[n % len(CENTS)] + 100 * (n // len(CENTS))
    truth: dict[str, object] = {
        "invoice_id": f"I-{n:04d}",
        "customer_id": CUSTOMERS[n * 5 % len(CUSTOMERS)],
        "charged_on": date(2024, 1, 3) + timedelta(days=6 * n),
        "amount_minor": -(cents % 100000) if refund else cents,
        "currency": "EUR",
        "kind": ("refund", "credit", "chargeback")[n % 3] if refund else KINDS[n % len(KINDS)],
    }
    amount = decimal_text(int(str(truth["amount_minor"])))
    return Record({**{k: str(v) for k, v in truth.items() if k != "amount_minor"}, "amount": amount}, truth)


def _answer(n: int) -> Record:
    truth: dict[str, object] = {
        "response_id": f"R-{n:04d}",
        "customer_id": CUSTOMERS[n % len(CUSTOMERS)],
        "responded_at": datetime(2024, 1, 2, 9, 5) + timedelta(days=8 * n, minutes=37 * n),  # noqa: DTZ001 - as exported
        "nps": float(n % 11),
        "language": LANGUAGES[n % len(LANGUAGES)] or None,
        "comment": COMMENTS[n % len(COMMENTS)] or None,
    }
    cells = {name: "" if value is None else str(value) for name, value in truth.items()}
    return Record({**cells, "nps": str(n % 11)}, truth)


def clean_revenue(name: str = "revenue.csv") -> Draft:
    """The clean export of charges."""
    return Draft(name, REVENUE_COLUMNS, tuple(_charge(n) for n in range(N_CHARGES)))


def clean_feedback(name: str = "feedback.csv") -> Draft:
    """The clean export of answers."""
    return Draft(name, FEEDBACK_COLUMNS, tuple(_answer(n) for n in range(N_ANSWERS)))
