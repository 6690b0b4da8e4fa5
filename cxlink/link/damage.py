"""Ids that one export damaged: what would match if both sides were written alike. Nothing is repaired in silence."""

from __future__ import annotations

from cxlink.engine.interface import Engine
from cxlink.handoff import Message, Repair
from cxlink.link.identity import MATCHED_TABLES
from cxlink.link.names import BLANK

_SCIENTIFIC = r"^[0-9]([.,][0-9]+)?[eE]\+?[0-9]{1,2}$"
_DOT_ZERO = r"regexp_replace({id}, '\.0+$', '')"
_ZEROS = "ltrim({id}, '0')"
_CASE = "lower({id})"
_BLANKS = f"regexp_replace({{id}}, '[{BLANK}]', '', 'g')"
_FORM = "nfc_normalize({id})"
_EXPANDED = (
    f"case when regexp_matches({{id}}, '{_SCIENTIFIC}')"
    " then cast(cast(cast(replace({id}, ',', '.') as double) as decimal(38, 0)) as varchar) else {id} end"
)
DAMAGES: dict[str, tuple[str, str]] = {
    "a trailing .0": (_DOT_ZERO, "Export the id as text, not as a number"),
    "lost leading zeros": (_ZEROS, "Export the id as text and do not save the file in a spreadsheet program"),
    "scientific notation": (_EXPANDED, "Export the id as text and do not save the file in a spreadsheet program"),
    "capital and small letters": (_CASE, "Export the id from one system, or list the other spelling in identities"),
    "spaces or invisible characters": (_BLANKS, "Clean the id in the export"),
    "Unicode forms (NFC, NFD)": (_FORM, "Export both files in Unicode form NFC"),
}
TOGETHER = "several of these together"


def find_repairs(engine: Engine, currency: str) -> tuple[Repair, ...]:
    """Count what would match after each repair of the ids, and does not now.

    Parameters
    ----------
    engine : Engine
        With ``linked_customers`` and ``<table>_ids``.
    currency : str
        Of rows that bear none.

    Returns
    -------
    tuple of Repair
        Only those that would match something; the most rows first within a table.
    """
    found: list[Repair] = []
    for table in MATCHED_TABLES:
        unknown = engine.scalar(f"select count(*) from {table}_ids where matched_by = 'unknown id'")
        if not int(str(unknown)):
            continue
        repairs = [_repair(engine, table, name, sql, currency) for name, (sql, _) in DAMAGES.items()]
        most = max(repair.rows for repair in repairs)
        together = _repair(engine, table, TOGETHER, _compose(), currency)
        repairs += [together] if together.rows > most else []
        found += sorted((repair for repair in repairs if repair.ids), key=lambda repair: -repair.rows)
    return tuple(found)


def count_lost_digits(engine: Engine) -> dict[str, int]:
    """Count rows whose id stands in scientific notation and names nobody even when written out.

    Parameters
    ----------
    engine : Engine
        With ``<table>_ids``.

    Returns
    -------
    dict of str to int
        Rows by table; tables without any are left out.
    """
    counts = {
        table: engine.scalar(
            f"select coalesce(sum(n_rows), 0) from {table}_ids"
            f" where matched_by = 'unknown id' and regexp_matches(raw, '{_SCIENTIFIC}')"
        )
        for table in MATCHED_TABLES
    }
    return {table: int(str(count)) for table, count in counts.items() if int(str(count))}


def damage_messages(repairs: tuple[Repair, ...], lost: dict[str, int]) -> tuple[Message, ...]:
    """Warn of ids that would match if they were written alike.

    Parameters
    ----------
    repairs : tuple of Repair
        What would match.
    lost : dict of str to int
        Rows by table whose ids have lost their digits.

    Returns
    -------
    tuple of Message
        One a table and damage.
    """
    found = [
        Message(
            "CX232",
            "warning",
            "link",
            f"{repair.rows:,} more rows of {repair.table} would match but for {repair.damage} in {repair.ids:,}"
            f" ids{_worth(repair)}; nothing was repaired.",
            DAMAGES[repair.damage][1] + "." if repair.damage in DAMAGES else "Export the id as it stands in customers.",
        )
        for repair in repairs
    ]
    found += [
        Message(
            "CX233",
            "warning",
            "link",
            f"{rows:,} rows of {table} have ids such as 1.2E+10: their last digits are lost.",
            "Export again with the id as text; the file cannot be mended.",
        )
        for table, rows in lost.items()
        if not any(repair.table == table and repair.damage == "scientific notation" for repair in repairs)
    ]
    return tuple(found)


def _worth(repair: Repair) -> str:
    from cxlink.currencies import exponent_of

    amounts = [f"{code} {units / 10 ** exponent_of(code):,.2f}" for code, units in sorted(repair.minor_units.items())]
    return f", worth {' and '.join(amounts)}" if amounts else ""


def _compose() -> str:
    sql = "{id}"
    for expression in (_FORM, _BLANKS, _EXPANDED, _DOT_ZERO, _ZEROS, _CASE):
        sql = expression.replace("{id}", sql)
    return sql


def _repair(engine: Engine, table: str, damage: str, sql: str, currency: str) -> Repair:
    repaired = (
        f"select ids.raw, ids.n_rows from {table}_ids as ids join ("
        f"select {sql.replace('{id}', 'customer_id')} as name from linked_customers group by name having count(*) = 1"
        f") as customers on customers.name = {sql.replace('{id}', 'ids.raw')} where ids.matched_by = 'unknown id'"
    )
    counts = engine.frame(f"select count(*) as ids, coalesce(sum(n_rows), 0) as n from ({repaired}) as repaired")
    ids, rows = int(counts["ids"].iloc[0]), int(counts["n"].iloc[0])
    money: dict[str, int] = {}
    if table == "revenue" and ids:
        sums = engine.frame(
            "select coalesce(currency, $currency) as code, cast(sum(abs(amount_minor)) as bigint) as units from revenue"
            f" where customer_id in (select raw from ({repaired}) as repaired) group by code order by code",
            {"currency": currency},
        )
        money = {str(code): int(units) for code, units in zip(sums["code"], sums["units"], strict=True)}
    return Repair(table, damage, ids, rows, money)
