"""The side of polars in ``benchmarks/intake.py``; needs ``pip install polars``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

MONTHS_A_CHARGE = 240
NAMES = ("new", "expansion", "contraction", "churn", "reactivation", "correction")


def month_of(day: pl.Expr) -> pl.Expr:
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32) - 1


def read_revenue(path: Path) -> pl.DataFrame:
    texts = dict.fromkeys(("customer_id", "charged_on", "amount", "invoice_id"), pl.String)
    words = dict.fromkeys(("currency", "kind"), pl.Categorical)
    plain = pl.col("amount").str.contains(r"^-?\d+\.\d{2}$")
    rows = (
        pl.scan_csv(path, schema={**{name: texts.get(name) or words[name] for name in ORDER}})
        .with_columns(
            pl.col("charged_on").str.to_date("%Y-%m-%d", strict=True).alias("day"),
            plain.alias("plain"),
            pl.col("amount").str.replace(".", "", literal=True).cast(pl.Int64, strict=True).alias("cents"),
        )
        .select("customer_id", "day", "cents", "invoice_id", "plain", pl.col("kind").cast(pl.String) == "recurring")
        .collect(engine="streaming")
    )
    if not rows["plain"].all():
        raise SystemExit("an amount is not plain")
    if rows["invoice_id"].n_unique() < len(rows):
        rows = rows.unique("invoice_id", keep="first", maintain_order=True)
    return rows.drop("plain", "invoice_id")


ORDER = ("customer_id", "charged_on", "amount", "invoice_id", "currency", "kind")


def read_feedback(path: Path, customers: pl.DataFrame) -> pl.DataFrame:
    rows = (
        pl.scan_csv(
            path,
            schema={
                "response_id": pl.String,
                "customer_id": pl.String,
                "responded_at": pl.String,
                "nps": pl.Float64,
                "comment": pl.String,
            },
        )
        .with_columns(pl.col("responded_at").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=True))
        .join(customers.lazy().select("customer_id", "customer"), on="customer_id", how="left")
        .sort("responded_at", "response_id")
        .collect(engine="streaming")
    )
    if rows["response_id"].n_unique() < len(rows):
        rows = rows.unique("response_id", keep="first", maintain_order=True)
    return rows


def spread(charges: pl.DataFrame) -> pl.DataFrame:
    """Price of each customer and month; a charge covers the days until the customer's next one."""
    day = pl.col("day")
    is_next = pl.col("customer") == pl.col("customer").shift(-1)
    is_same = pl.col("customer") == pl.col("customer").shift(1)
    charges = charges.sort("customer", "day")
    days = charges.lazy().select("customer", "day").unique(maintain_order=True)
    covered = days.select(
        "customer",
        "day",
        pl.coalesce(
            pl.when(is_next).then((day.shift(-1) - day).dt.total_days()),
            pl.when(is_same).then((day - day.shift(1)).dt.total_days()),
            pl.lit(30),
        ).alias("covered"),
    )
    one_day = days.select(pl.len()).collect().item() == len(charges)
    lengths = (
        pl.concat([charges.lazy(), covered.select("covered")], how="horizontal")
        if one_day
        else charges.lazy().join(covered, on=["customer", "day"], how="left")
    )
    months = pl.min_horizontal((pl.col("covered") / 30.4375).round().cast(pl.Int64), pl.lit(MONTHS_A_CHARGE))
    lengths = lengths.with_columns(
        pl.when(pl.col("covered") < 46).then(pl.lit(1, pl.Int64)).otherwise(months).alias("of"),
        month_of(day).alias("month"),
    )
    size, of, number = pl.col("cents").abs(), pl.col("of"), pl.col("number")
    part = pl.col("cents").sign() * (size // of + (size % of) * (number + 1) // of - (size % of) * number // of)
    several = (
        lengths.filter(of > 1)
        .with_columns(pl.int_ranges(0, of).alias("number"))
        .explode("number")
        .select("customer", (pl.col("month") + number).cast(pl.Int32).alias("month"), part.alias("cents"))
    )
    parts = pl.concat([lengths.filter(of == 1).select("customer", "month", "cents"), several])
    return parts.group_by("customer", "month").agg(pl.col("cents").sum()).sort("customer", "month").collect()


def count_movements(prices: pl.DataFrame, months: list[int]) -> dict[str, list[int]]:
    customer, month, now = pl.col("customer"), pl.col("month"), pl.col("cents")
    is_first = (customer != customer.shift(1)).fill_null(value=True)
    goes_on = ~is_first & (month == month.shift(1) + 1)
    stays = ((customer == customer.shift(-1)) & (month.shift(-1) == month + 1)).fill_null(value=False)
    rows = prices.lazy().with_columns(
        is_first.alias("is_first"),
        pl.when(goes_on).then(now.shift(1)).otherwise(0).alias("before"),
        (~stays).alias("ends"),
    )
    before, first, ends = pl.col("before"), pl.col("is_first"), pl.col("ends")
    kinds = {
        "new": first & (now > 0),
        "expansion": (before > 0) & (now > before),
        "contraction": (now > 0) & (now < before),
        "churn": (before > 0) & (now <= 0),
        "reactivation": ~first & (before <= 0) & (now > 0),
        "correction": (before <= 0) & (now <= 0),
    }
    sums = rows.group_by("month").agg(
        *[(now - before).filter(mask).sum().alias(name) for name, mask in kinds.items()],
        now.sum().alias("closing"),
        (-now).filter(ends & (now > 0)).sum().alias("churn_after"),
        (-now).filter(ends & (now <= 0)).sum().alias("correction_after"),
    )
    by_month: dict[int, dict[str, Any]] = {row["month"]: row for row in sums.collect().to_dicts()}

    def value(at: int, name: str) -> int:
        return int(by_month[at][name]) if at in by_month else 0

    found = {name: [value(at, name) for at in months] for name in (*NAMES, "closing")}
    for name in ("churn", "correction"):
        found[name] = [own + value(at - 1, f"{name}_after") for at, own in zip(months, found[name], strict=True)]
    return {"opening": [value(at - 1, "closing") for at in months], **found}


def main() -> None:
    folder = Path(sys.argv[1])
    revenue = read_revenue(folder / "revenue.csv")
    customers = (
        revenue.lazy()
        .group_by("customer_id")
        .agg(pl.col("day").min().alias("first"), pl.col("day").max().alias("last"))
        .sort("customer_id")
        .with_row_index("customer")
        .collect(engine="streaming")
    )
    n_rows, cents = len(revenue), int(revenue["cents"].cast(pl.Int128).sum())
    begins, ends = revenue["day"].min(), revenue["day"].max()
    charges = (
        revenue.lazy()
        .filter(pl.col("kind"))
        .join(customers.lazy().select("customer_id", "customer"), on="customer_id")
        .select("customer", "day", "cents")
        .collect(engine="streaming")
    )
    del revenue
    feedback = read_feedback(folder / "feedback.csv", customers)
    answered = feedback["responded_at"].dt.date()
    begins, ends = max(begins, answered.min()), min(ends, answered.max())  # type: ignore[type-var]  # polars types min() as any literal
    feedback = feedback.filter(answered.is_between(begins, ends))
    prices = spread(charges.filter(pl.col("day") <= ends))
    del charges
    last = ends.year * 12 + ends.month - 1  # type: ignore[union-attr]  # a date, as above
    months = list(range(begins.year * 12 + begins.month - 1, last + 1))  # type: ignore[union-attr]  # a date, as above
    latest = (
        prices.filter((pl.col("cents") > 0) & pl.col("month").is_in([last - 1, last]))
        .group_by("customer", maintain_order=True)
        .agg(pl.col("cents").last())
    )
    shown = {
        "revenue_rows": n_rows,
        "cents": cents,
        "customers": len(customers),
        "first_days": int((customers["first"].cast(pl.Int32).cast(pl.Int64)).sum()),
        "priced_customers": len(latest),
        "last_prices": sum(map(int, latest["cents"].cast(pl.Float64))),
        "answers": len(feedback),
        "answers_matched": int(feedback["customer"].is_not_null().sum()),
        "scores": int(feedback["nps"].sum()),
        "movements": count_movements(prices, months),
    }
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
