"""Who is who: the list of customers, and the customer of every other row."""

from __future__ import annotations

from datetime import timedelta

from cxlink.engine.interface import Engine
from cxlink.handoff import Linkage, Loaded
from cxlink.link.sql import read_sql, statements

MATCHED_TABLES = ("revenue", "feedback", "tickets", "events")
GRACE_DAYS = 31
EMAIL_TABLES = ("revenue", "feedback", "tickets")


def match_customers(loaded: Loaded) -> Linkage:
    """Build the customers and find the customer of each row of the other tables.

    Leaves ``linked_customers`` and ``matched_<table>`` on the engine.

    Parameters
    ----------
    loaded : Loaded
        The canonical tables.

    Returns
    -------
    Linkage
        Shares of rows, and of money, that found their customer.
    """
    engine = loaded.engine
    given = "customers" in loaded.columns
    name = "customers_given" if given else "customers_derived"
    overdue_from = loaded.observed_to - timedelta(days=GRACE_DAYS)
    values: dict[str, object] = {"observed_to": loaded.observed_to, "overdue_from": overdue_from}
    engine.execute(read_sql(name).rstrip().rstrip(";"), None if given else values)
    for statement in statements("aliases"):
        engine.execute(statement)
    for table in MATCHED_TABLES:
        sql = read_sql("matched").replace("{table}", table).rstrip().rstrip(";")
        if table not in EMAIL_TABLES:
            sql = sql.replace("lower(trim(source.email))", "cast(null as varchar)")
        engine.execute(sql)
    return _measure(engine, loaded)


def _measure(engine: Engine, loaded: Loaded) -> Linkage:
    def share(table: str, value: str = "1") -> float | None:
        if table not in loaded.columns:
            return None
        frame = engine.frame(
            f"select cast(coalesce(sum(case when customer is not null then {value} else 0 end), 0) as double) as"
            f" matched, cast(coalesce(sum({value}), 0) as double) as total from matched_{table}"
        )
        total = float(frame["total"].iloc[0])
        return float(frame["matched"].iloc[0]) / total if total else None

    customers = int(str(engine.scalar("select count(*) from linked_customers")))
    paying = engine.scalar("select count(distinct customer) from matched_revenue where customer is not null")
    return Linkage(
        customers=customers,
        feedback_matched=share("feedback"),
        tickets_matched=share("tickets"),
        events_matched=share("events"),
        revenue_matched=share("revenue"),
        revenue_matched_by_amount=share("revenue", "abs(amount_minor)"),
        customers_with_revenue=int(str(paying)) / customers if customers and "revenue" in loaded.columns else None,
    )
