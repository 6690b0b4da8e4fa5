"""Where every accepted cent of revenue went: by currency, and beside the general ledger."""

from __future__ import annotations

import pandas as pd

from cxlink.currencies import exponent_of
from cxlink.handoff import ControlTotal, CurrencyMoney, Loaded, Message, MoneyLine
from cxlink.link.frames import month_text

WORST_MONTHS = 3


def revenue_sums(loaded: Loaded) -> pd.DataFrame:
    """Fetch the sums of revenue, a few rows a file, month and currency.

    Parameters
    ----------
    loaded : Loaded
        With ``revenue_sums``.

    Returns
    -------
    DataFrame
        In an order that does not depend on the engine's.
    """
    return loaded.engine.frame("select * from revenue_sums order by file, currency, kind, matched_by, place, month")


def build_currencies(sums: pd.DataFrame, constant: dict[str, str]) -> tuple[CurrencyMoney, ...]:
    """Sum up revenue by currency.

    Parameters
    ----------
    sums : DataFrame
        Of :func:`revenue_sums`.
    constant : dict of str to str
        The constant rate of each other currency.

    Returns
    -------
    tuple of CurrencyMoney
        By code.
    """
    return tuple(
        CurrencyMoney(
            currency=str(code),
            rows=int(part["n_rows"].sum()),
            minor_units=int(part["minor_units"].sum()),
            converted_minor_units=int(part["value_units"].sum()),
            rows_without_rate=int(part["n_rows"].sum() - part["n_valued"].sum()),
            minor_units_without_rate=int(part["minor_units"].sum() - part["valued_units"].sum()),
            constant_rate=constant.get(str(code)),
        )
        for code, part in sums.groupby("currency")
    )


def build_lines(sums: pd.DataFrame) -> tuple[MoneyLine, ...]:
    """Say where each currency's accepted revenue went.

    Parameters
    ----------
    sums : DataFrame
        Of :func:`revenue_sums`.

    Returns
    -------
    tuple of MoneyLine
        Of each currency, lines that add up to what the ledger accepted.
    """
    return tuple(
        MoneyLine(
            str(code),
            str(place),
            int(part["n_rows"].sum()),
            int(part["minor_units"].sum()),
            int(part["value_units"].sum()),
        )
        for (code, place), part in sums.groupby(["currency", "place"])
    )


def reconcile(sums: pd.DataFrame, later_units: int) -> tuple[tuple[str, int], ...]:
    """Say where every accepted minor unit of revenue went, in the project's currency.

    Parameters
    ----------
    sums : DataFrame
        Of :func:`revenue_sums`.
    later_units : int
        What charges of the observed window bear for months after it.

    Returns
    -------
    tuple of (str, int)
        Lines in minor units; their sum is the accepted revenue, converted row by row, but for charges without a rate.
    """
    if sums.empty:
        return ()
    valued = sums.loc[sums["n_valued"] > 0].groupby("place")["value_units"].sum()
    found = {str(place): int(units) for place, units in valued.items()}
    recurring = found.pop("recurring", 0)
    named = [
        ("recurring, for months in the window", recurring - later_units),
        ("recurring, for later months", later_units),
    ]
    return (*named, *found.items())


def build_control_totals(loaded: Loaded, sums: pd.DataFrame, currency: str) -> tuple[ControlTotal, ...]:
    """Set each month's revenue beside that of the general ledger.

    Parameters
    ----------
    loaded : Loaded
        ``control_totals`` must stand on its engine.
    sums : DataFrame
        Of :func:`revenue_sums`.
    currency : str
        The project's; of totals that bear none.

    Returns
    -------
    tuple of ControlTotal
        By month and currency; months that the general ledger does not name are left out.
    """
    books = loaded.engine.frame(
        "select cast(extract(year from month) * 12 + extract(month from month) - 1 as bigint) as month,"
        " coalesce(currency, $currency) as code, cast(sum(amount_minor) as bigint) as units"
        " from control_totals group by 1, 2 order by 1, 2",
        {"currency": currency},
    )
    ledger = sums.groupby(["month", "currency"])["minor_units"].sum().to_dict() if len(sums) else {}
    return tuple(
        ControlTotal(month_text(int(month)), str(code), int(ledger.get((month, code), 0)), int(units))
        for month, code, units in zip(books["month"], books["code"], books["units"], strict=True)
    )


def money_messages(
    currencies: tuple[CurrencyMoney, ...], totals: tuple[ControlTotal, ...], currency: str
) -> tuple[Message, ...]:
    """Warn of money that is not used, and of months that differ from the general ledger.

    Parameters
    ----------
    currencies : tuple of CurrencyMoney
        Revenue by currency.
    totals : tuple of ControlTotal
        The general ledger's.
    currency : str
        The project's.

    Returns
    -------
    tuple of Message
        Empty where all is used and equal.
    """
    return (*_without_rate(currencies), *_at_one_rate(currencies, currency), *_differing(totals))


def _without_rate(currencies: tuple[CurrencyMoney, ...]) -> tuple[Message, ...]:
    lacking = [money for money in currencies if money.rows_without_rate]
    if not lacking:
        return ()
    told = "; ".join(
        f"{one.currency}: {one.rows_without_rate:,} rows, {show_money(one.minor_units_without_rate, one.currency)}"
        for one in lacking
    )
    return (
        Message(
            "CX231",
            "warning",
            "link",
            f"revenue without an exchange rate is not used: {told}.",
            "Export fx with a rate on, or at most 31 days before, each of those days.",
        ),
    )


def _at_one_rate(currencies: tuple[CurrencyMoney, ...], currency: str) -> tuple[Message, ...]:
    rates = [f"1 {m.currency} = {m.constant_rate} {currency}" for m in currencies if m.constant_rate is not None]
    if not rates:
        return ()
    return (
        Message(
            "CX241",
            "info",
            "link",
            f"movements of revenue and effects on prices are at constant rates: {', '.join(rates)}.",
            "Nothing to do: what the rates did is the movement called currency.",
        ),
    )


def _differing(totals: tuple[ControlTotal, ...]) -> tuple[Message, ...]:
    differing = [total for total in totals if total.difference]
    if not differing:
        return ()
    worst = sorted(differing, key=lambda total: (-abs(total.difference), total.month))[:WORST_MONTHS]
    told = ", ".join(f"{total.month} {show_money(total.difference, total.currency)}" for total in worst)
    return (
        Message(
            "CX234",
            "warning",
            "link",
            f"revenue differs from control_totals in {len(differing)} of {len(totals)} months; most in {told}.",
            "Look for rows held back, missing or doubled files, and charges booked in another month.",
        ),
    )


def show_money(minor_units: int, currency: str) -> str:
    """Show an amount to the last cent.

    Parameters
    ----------
    minor_units : int
        Of the currency.
    currency : str
        ISO 4217 code.

    Returns
    -------
    str
        Such as ``EUR -1,204.50``.
    """
    exponent = exponent_of(currency)
    whole, rest = divmod(abs(minor_units), 10**exponent)
    return f"{currency} {'-' if minor_units < 0 else ''}{whole:,}" + (f".{rest:0{exponent}d}" if exponent else "")
