"""Who is who: the list of customers, and the customer of every other row."""

from __future__ import annotations

from datetime import timedelta

from cxlink.engine.interface import Engine
from cxlink.handoff import AmbiguousNames, Loaded
from cxlink.link.names import name_key
from cxlink.link.sql import bind, read_sql, statements

MATCHED_TABLES = ("revenue", "feedback", "tickets", "events", "invitations")
EMAIL_TABLES = ("revenue", "feedback", "tickets")
MATCHING_KEYS = ("id", "alias", "email")
REASONS = ("no id", "unknown id", "unknown email", "ambiguous name")
GRACE_DAYS = 31
_COUNTED = (
    "select customer_id as raw, count(*) as n_rows from {table} where customer_id is not null group by customer_id"
)


def match_customers(loaded: Loaded) -> None:
    """Build the customers and find the customer of each row of the other tables.

    Leaves ``linked_customers``, ``linked_aliases`` and, of each table, ``<table>_ids`` and ``<table>_emails`` (each
    name once, with its customer) and the view ``matched_<table>``. Names that several customers share are taken out
    before anything is joined, so that no join finds two customers for a row.

    Parameters
    ----------
    loaded : Loaded
        The canonical tables.

    Raises
    ------
    ValueError
        If a join would multiply rows.
    """
    engine = loaded.engine
    counted = {"revenue": "select customer_id as raw, n_rows from revenue_payers"} if _build_customers(loaded) else {}
    aliases = read_sql("aliases").replace("{email_name}", name_key("email"))
    engine.execute(aliases.replace("{identity_name}", name_key("identities.alias")))
    _check_unique(engine, "linked_aliases", "alias")
    for table in MATCHED_TABLES:
        email = "email" if table in EMAIL_TABLES else "cast(null as varchar)"
        for statement in statements("names"):
            sql = (
                statement.replace("{counted}", counted.get(table, _COUNTED))
                .replace("{table}", table)
                .replace("source.{email}", _of_source(email))
            )
            sql = sql.replace("{id_name}", name_key("ids.raw")).replace("{raw_name}", name_key("raw"))
            engine.execute(sql.replace("{email}", email))
        _check_unique(engine, f"{table}_ids", "raw")
        _check_unique(engine, f"{table}_emails", "raw")
    engine.execute("drop table if exists revenue_payers")


def count_ambiguous(engine: Engine) -> tuple[AmbiguousNames, ...]:
    """Count the names that several customers share.

    Parameters
    ----------
    engine : Engine
        With ``linked_aliases``.

    Returns
    -------
    tuple of AmbiguousNames
        One a kind of name, most first.
    """
    rows = engine.frame(
        "select kind, count(*) as n from linked_aliases where is_ambiguous group by kind order by n desc, kind"
    )
    return tuple(AmbiguousNames(str(kind), int(n)) for kind, n in zip(rows["kind"], rows["n"], strict=True))


def _build_customers(loaded: Loaded) -> bool:
    """Whether the customers were derived from revenue, which leaves ``revenue_payers``."""
    given = "customers" in loaded.columns
    overdue_from = loaded.observed_to - timedelta(days=GRACE_DAYS)
    values = {"observed_to": loaded.observed_to, "overdue_from": overdue_from}
    for sql in statements("customers_given" if given else "customers_derived"):
        loaded.engine.execute(sql, bind(sql, values) or None)
    _check_unique(loaded.engine, "linked_customers", "customer_id")
    return not given


def _of_source(email: str) -> str:
    return "source.email" if email == "email" else email


def _check_unique(engine: Engine, table: str, column: str) -> None:
    """A name that stands once on the right side of a join cannot multiply the rows of the left side."""
    repeated = engine.scalar(f"select count(*) - count(distinct {column}) from {table}")
    if int(str(repeated)):
        raise ValueError(f"{repeated} values of {table}.{column} repeat: joins would multiply rows")
