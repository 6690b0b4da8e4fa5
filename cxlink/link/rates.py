"""Exchange rates: the one in force on the day of each charge, and one that stays the same."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

import pandas as pd

from cxlink.currencies import exponent_of
from cxlink.engine.interface import Engine
from cxlink.handoff import Loaded
from cxlink.link.sql import bind, read_sql

MAX_RATE_AGE_DAYS = 31
"""A rate serves for its month: tables of rates are daily or monthly, and one that is older is a gap in the table."""
FACTOR_DIGITS = 20
"""An amount of 18 digits times a factor of 20 fits DECIMAL(38), the most that engines have."""


def needs_rates(engine: Engine, currency: str) -> bool:
    """Whether any charge is in another currency than the project's.

    Parameters
    ----------
    engine : Engine
        With ``revenue``.
    currency : str
        The project's.

    Returns
    -------
    bool
        False also where nothing is charged at all.
    """
    return bool(engine.scalar("select count(*) from revenue where currency <> $currency", {"currency": currency}))


def build_rates(loaded: Loaded, currency: str) -> dict[str, str]:
    """Put the rate of each currency and day on the engine, as an exact factor between minor units.

    A charge of *a* minor units is worth *a* times rate times 10^(decimals of the project's currency less decimals of
    the charge's), rounded half up, away from zero. The factor is a DECIMAL of the rate as it is written in the file, so
    that no binary fraction comes between; rates of more than 20 digits are rounded to that.

    Leaves ``daily_rates``: currency, charged_on, factor (NULL where no rate is young enough), constant_factor.

    Parameters
    ----------
    loaded : Loaded
        ``fx`` and ``revenue``.
    currency : str
        The project's.

    Returns
    -------
    dict of str to str
        The constant rate of each currency, as written: the one in force on the first observed day, else the first
        after it, else the last before.
    """
    rows = loaded.engine.frame(
        "select currency, date as from_day, lead(date) over (partition by currency order by date) as until_day,"
        " rate_to_project as rate from fx where currency <> $currency order by currency, from_day",
        {"currency": currency},
    )
    until = rows["from_day"] + pd.Timedelta(days=MAX_RATE_AGE_DAYS + 1)
    rows["until_day"] = rows["until_day"].fillna(until).clip(upper=until)
    # the shortest text that gives the same number is the number as it was written
    rates = [Decimal(repr(float(rate))) for rate in rows["rate"]]
    factors = [
        rate.scaleb(exponent_of(currency) - exponent_of(str(code)))
        for code, rate in zip(rows["currency"], rates, strict=True)
    ]
    constant = _constant_rows(rows, loaded.observed_from)
    _store(loaded.engine, rows, factors, set(constant.values()))
    sql = read_sql("rates")
    loaded.engine.execute(sql, bind(sql, {"currency": currency}))
    return {code: f"{rates[place]:f}" for code, place in constant.items()}


def _constant_rows(rows: pd.DataFrame, first_day: date) -> dict[str, int]:
    """Row of each currency's constant rate."""
    first = pd.Timestamp(first_day)
    chosen: dict[str, int] = {}
    for code, group in rows.groupby("currency"):
        in_force = group.index[(group["from_day"] <= first) & (first < group["until_day"])]
        later = group.index[group["from_day"] > first]
        places = [*in_force, *later, group.index[-1]]
        chosen[str(code)] = int(places[0])
    return chosen


def _store(engine: Engine, rows: pd.DataFrame, factors: list[Decimal], constant: set[int]) -> None:
    scale = factor_scale(factors)
    step = Decimal(1).scaleb(-scale)
    engine.create_table(
        "fx_texts",
        {"currency": "varchar", "from_day": "date", "until_day": "date", "factor": "varchar", "is_constant": "boolean"},
    )
    frame = pd.DataFrame(
        {
            "currency": pd.Series([str(code) for code in rows["currency"]], dtype=object),
            "from_day": rows["from_day"],
            "until_day": rows["until_day"],
            "factor": pd.Series([f"{f.quantize(step, ROUND_HALF_EVEN):f}" for f in factors], dtype=object),
            "is_constant": pd.Series([place in constant for place in range(len(rows))], dtype=bool),
        }
    )
    engine.append("fx_texts", frame)
    engine.execute(
        "create table fx_ranges as select currency, from_day, until_day, is_constant,"
        f" cast(factor as decimal({FACTOR_DIGITS}, {scale})) as factor from fx_texts"
    )
    engine.execute("drop table fx_texts")


def factor_scale(factors: list[Decimal]) -> int:
    """Decimals that hold all factors, as far as their whole part leaves room.

    Parameters
    ----------
    factors : list of Decimal
        Above zero.

    Returns
    -------
    int
        At least 1.
    """
    whole = max((max(factor.adjusted() + 1, 1) for factor in factors), default=1)
    decimals = max((-int(factor.as_tuple().exponent) for factor in factors), default=1)
    return max(1, min(decimals, FACTOR_DIGITS - whole))
