"""What each charge is and is worth, in a narrow table, and every cent of revenue counted once."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cxlink.handoff import Loaded
from cxlink.link.identity import MATCHING_KEYS, REASONS
from cxlink.link.rates import build_rates, needs_rates
from cxlink.link.sql import bind, read_sql

KINDS = ("recurring", "one_off", "refund", "credit", "chargeback")
RECURRING = KINDS.index("recurring")
KEYS = (*MATCHING_KEYS, *REASONS)
_CONVERTED = (
    "case when charges.currency <> '{currency}'"
    " then cast(round(cast(charges.amount_minor as decimal(18, 0)) * rates.{factor}, 0) as bigint)"
    " else charges.amount_minor end"
)
_RATES = "left join daily_rates as rates on rates.currency = charges.currency and rates.charged_on = charges.charged_on"
_MARKS = "join revenue_marks as marks on marks.file = charges.file and marks.currency = charges.currency"
_STARTS_ON = "coalesce(charges.period_start, charges.charged_on)"
_PERIODS = (
    f"cast(coalesce(case when charges.period_end >= {_STARTS_ON}"
    f" then date_diff('day', {_STARTS_ON}, charges.period_end) + 1 end, 0) as integer) as own_days,"
    f" cast(date_diff('day', charges.charged_on, {_STARTS_ON}) as integer) as delay_days,"
)


def classify_revenue(loaded: Loaded, *, currency: str, subscription: bool) -> dict[str, str]:
    """Say what each charge is, and what it is worth in the project's currency.

    Leaves the view ``classified_revenue`` (kind, ``amount_minor`` as charged, ``value_minor`` at the rate of its day,
    ``constant_minor`` at one rate; both NULL where no rate is known), the same as whole numbers in ``narrow_revenue``,
    and ``revenue_sums``, in which every accepted row is counted once.

    Parameters
    ----------
    loaded : Loaded
        ``matched_revenue`` must stand on its engine.
    currency : str
        The project's.
    subscription : bool
        Whether positive amounts without a kind are recurring.

    Returns
    -------
    dict of str to str
        The constant rate of each other currency, as written in ``fx``.

    Raises
    ------
    ValueError
        If the joins lost or multiplied a row.
    """
    engine = loaded.engine
    foreign = needs_rates(engine, currency)
    constant = build_rates(loaded, currency) if foreign else {}
    parts = {
        "value": _CONVERTED.replace("{factor}", "factor") if foreign else "charges.amount_minor",
        "constant": _constant() if foreign else "charges.amount_minor",
        "rates": _RATES if foreign else "",
        "or_recurring": "when true then 'recurring'" if subscription else "",
    }
    engine.execute(_filled("classified", {**parts, "currency": currency}))
    several = _narrow(loaded, currency, foreign=foreign)
    sums = _filled(
        "sums",
        {
            "mark": "mark" if several else "cast(0 as smallint) as mark",
            "value": "value_minor" if foreign else "amount_minor",
            "kinds": _texts("kind_number", KINDS),
            "keys": _texts("key_number", KEYS),
        },
    )
    engine.execute(sums, bind(sums, {"observed_from": loaded.observed_from, "observed_to": loaded.observed_to}))
    counted = int(str(engine.scalar("select cast(coalesce(sum(n_rows), 0) as bigint) from revenue_sums")))
    there = int(str(engine.scalar("select count(*) from revenue")))
    if counted != there:
        raise ValueError(f"matching turned {there} rows of revenue into {counted}")
    return constant


def has_periods(loaded: Loaded) -> bool:
    """Whether any export says which period a charge is for.

    Parameters
    ----------
    loaded : Loaded
        The columns that the sources gave.

    Returns
    -------
    bool
        Ten million rows are not asked for periods that no export gives.
    """
    return bool({"period_start", "period_end"} & set(loaded.columns.get("revenue", ())))


def _narrow(loaded: Loaded, currency: str, *, foreign: bool) -> bool:
    """Whether there is more than one file or currency, so that each row bears its mark."""
    marks = _marks(loaded, currency, foreign=foreign)
    engine = loaded.engine
    engine.create_table("revenue_marks", {"file": "varchar", "currency": "varchar", "mark": "smallint"})
    engine.append("revenue_marks", marks.assign(mark=range(len(marks))))
    several = len(marks) > 1
    parts = {
        "money": "charges.value_minor, charges.constant_minor," if foreign else "",
        "periods": _PERIODS if has_periods(loaded) else "",
        "kinds": _numbers("charges.kind", KINDS),
        "keys": _numbers("charges.matched_by", KEYS),
        "mark": ", marks.mark" if several else "",
        "marks": _MARKS if several else "",
    }
    engine.execute(_filled("narrow", parts))
    return several


def _marks(loaded: Loaded, currency: str, *, foreign: bool) -> pd.DataFrame:
    """Each file and currency of revenue; one file in one currency is known without a look at its rows."""
    files = {entry.file for entry in loaded.ledger if entry.source.split("-")[0] == "revenue"}
    if len(files) == 1 and not foreign:
        return pd.DataFrame({"file": [*files], "currency": [currency]}, dtype=object)
    return loaded.engine.frame(
        "select distinct file, coalesce(currency, $currency) as currency from revenue order by 1, 2",
        {"currency": currency},
    )


def _filled(name: str, parts: dict[str, str]) -> str:
    sql = read_sql(name)
    for place, part in parts.items():
        sql = sql.replace("{" + place + "}", part)
    return sql


def _numbers(column: str, words: Iterable[str]) -> str:
    return " ".join(f"when {column} = '{word}' then {number}" for number, word in enumerate(words))


def _texts(column: str, words: Iterable[str]) -> str:
    return " ".join(f"when {column} = {number} then '{word}'" for number, word in enumerate(words))


def _constant() -> str:
    """Nothing where there is no rate for the day, as at the day's rate: such rows are not used."""
    today, constant = _CONVERTED.replace("{factor}", "factor"), _CONVERTED.replace("{factor}", "constant_factor")
    return f"case when {today} is not null then {constant} end"
