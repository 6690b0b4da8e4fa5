"""The side of pandas in ``benchmarks/intake.py``."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable
from pathlib import Path

import numpy as np
import pandas as pd

MONTHS_A_CHARGE = 240


def read_cents(texts: pd.Series) -> pd.Series:
    """Exact cents of plain amounts, which must all be plain."""
    if not texts.str.fullmatch(r"-?\d+\.\d{2}").all():
        raise SystemExit("an amount is not plain")
    return texts.str.replace(".", "", regex=False).astype("int64")


def read_moments(texts: pd.Series, pattern: str) -> np.ndarray:
    """Moments of a column whose texts repeat; raises at any that is unreadable."""
    return pd.to_datetime(texts.cat.categories, format=pattern).to_numpy()[texts.cat.codes]


def read_revenue(path: Path) -> pd.DataFrame:
    words: dict[Hashable, str] = dict.fromkeys(("charged_on", "currency", "kind"), "category")
    texts: dict[Hashable, str] = dict.fromkeys(("customer_id", "amount", "invoice_id"), "str")
    rows = pd.read_csv(path, dtype=words | texts, keep_default_na=False)
    rows["cents"] = read_cents(rows.pop("amount"))
    rows["day"] = read_moments(rows.pop("charged_on"), "%Y-%m-%d").astype("datetime64[D]").astype("int32")
    repeated = rows.pop("invoice_id").duplicated()
    return rows.loc[~repeated] if repeated.any() else rows


def read_feedback(path: Path, names: pd.Index) -> pd.DataFrame:
    texts: dict[Hashable, str] = dict.fromkeys(("response_id", "customer_id", "responded_at", "comment"), "str")
    rows = pd.read_csv(path, dtype=texts | {"nps": "float64"})
    rows["responded_at"] = pd.to_datetime(rows["responded_at"], format="%Y-%m-%d %H:%M:%S")
    rows = rows.loc[~rows["response_id"].duplicated()]
    return rows.assign(customer=names.get_indexer(pd.Index(rows["customer_id"]))).sort_values(
        ["responded_at", "response_id"]
    )


def month_of(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("int64") + 1970 * 12


def spread(charges: pd.DataFrame) -> pd.Series:
    """Price of each customer and month; a charge covers the days until the customer's next one."""
    charges = charges.sort_values(["customer", "day"])
    days = charges[["customer", "day"]].drop_duplicates()
    by_customer = days.groupby("customer")["day"]
    until, since = by_customer.shift(-1) - days["day"], days["day"] - by_customer.shift(1)
    covered = days.assign(covered=until.fillna(since).fillna(30).astype("int64"))
    charges = charges.merge(covered, on=["customer", "day"], how="left")
    months = np.minimum(np.rint(charges["covered"] / 30.4375), MONTHS_A_CHARGE).astype("int64")
    months = months.where(charges["covered"] >= 46, 1).to_numpy()
    place = np.repeat(np.arange(len(charges)), months)
    number = np.arange(len(place)) - np.repeat(np.cumsum(months) - months, months)
    cents, of = charges["cents"].to_numpy()[place], months[place]
    size = np.abs(cents)
    whole, rest = size // of, size % of
    parts = pd.DataFrame(
        {
            "customer": charges["customer"].to_numpy()[place],
            "month": month_of(charges["day"].to_numpy())[place] + number,
            "cents": np.sign(cents) * (whole + rest * (number + 1) // of - rest * number // of),
        }
    )
    return parts.groupby(["customer", "month"])["cents"].sum()


def count_movements(prices: pd.Series, months: np.ndarray) -> dict[str, list[int]]:
    rows = prices.reset_index()
    by_customer = rows.groupby("customer")["month"]
    last, following = by_customer.shift(1), by_customer.shift(-1)
    before = rows["cents"].shift(1, fill_value=0).where(last == rows["month"] - 1, 0)
    now = rows["cents"]
    kinds = {
        "new": last.isna() & (now > 0),
        "expansion": (before > 0) & (now > before),
        "contraction": (now > 0) & (now < before),
        "churn": (before > 0) & (now <= 0),
        "reactivation": last.notna() & (before <= 0) & (now > 0),
        "correction": (before <= 0) & (now <= 0),
    }

    def by_month(units: pd.Series, month: pd.Series) -> np.ndarray:
        return units.groupby(month).sum().reindex(months, fill_value=0).to_numpy()

    found = {name: by_month((now - before)[mask], rows["month"][mask]) for name, mask in kinds.items()}
    ends = following != rows["month"] + 1
    for name, mask in (("churn", ends & (now > 0)), ("correction", ends & (now <= 0))):
        found[name] += by_month(-now[mask], rows["month"][mask] + 1)
    closing = by_month(now, rows["month"])
    found = {"opening": by_month(now, rows["month"] + 1), **found, "closing": closing}
    return {name: sums.tolist() for name, sums in found.items()}


def main() -> None:
    folder = Path(sys.argv[1])
    revenue = read_revenue(folder / "revenue.csv")
    codes, names = pd.factorize(revenue.pop("customer_id"), sort=True)
    revenue["customer"] = codes.astype("int32")
    spells = revenue.groupby("customer")["day"].agg(["min", "max"])
    n_rows, cents, first, last = len(revenue), int(revenue["cents"].sum()), revenue["day"].min(), revenue["day"].max()
    charges = revenue.loc[revenue["kind"] == "recurring", ["customer", "day", "cents"]]
    del revenue
    feedback = read_feedback(folder / "feedback.csv", pd.Index(names))
    days = feedback["responded_at"].to_numpy().astype("datetime64[D]").astype("int64")
    first, last = max(first, int(days.min())), min(last, int(days.max()))
    charges = charges.loc[charges["day"] <= last] if charges["day"].max() > last else charges
    prices = spread(charges)
    del charges
    months = np.arange(month_of(np.array([first]))[0], month_of(np.array([last]))[0] + 1)
    movements = count_movements(prices, months)
    latest = prices[(prices > 0) & prices.index.get_level_values("month").isin([months[-1] - 1, months[-1]])]
    latest = latest.groupby("customer").last()
    inside = (days >= first) & (days <= last)
    feedback = feedback if inside.all() else feedback.loc[inside]
    shown = {
        "revenue_rows": n_rows,
        "cents": cents,
        "customers": len(spells),
        "first_days": int(spells["min"].sum()),
        "priced_customers": len(latest),
        "last_prices": sum(map(int, latest.astype(float))),
        "answers": len(feedback),
        "answers_matched": int((feedback["customer"] >= 0).sum()),
        "scores": int(feedback["nps"].sum()),
        "movements": movements,
    }
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
