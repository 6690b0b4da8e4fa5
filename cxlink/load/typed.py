"""One file, typed on the engine, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from cxlink.engine.interface import quote
from cxlink.load.raw import RawTable, new_name
from cxlink.load.tables import Table

REFUND_KINDS = ("refund", "credit", "chargeback")
# amounts that a charge's own row bears, and what each becomes
TAKEN_BACK = {"refunded_amount": ("refunded_on", "refund"), "chargeback_amount": ("chargeback_on", "chargeback")}
Faults = dict[int, list[tuple[str, str, str]]]


@dataclass(frozen=True, slots=True)
class CurrencySum:
    """What the rows of one currency add up to, in minor units.

    Parameters
    ----------
    kept, held : int
        Accepted, and held back as far as it could be read.
    size_kept, size_held : int
        Likewise, each amount without its sign.
    n_kept, n_held : int
        Rows whose amount could be read.
    """

    kept: int
    held: int
    size_kept: int
    size_held: int
    n_kept: int
    n_held: int


@dataclass(slots=True)
class TypedFile:
    """One file, typed.

    Parameters
    ----------
    raw : RawTable
        Where it comes from.
    table : Table
        The canonical table.
    relation : str
        Name of a table on the engine: all rows, faulty ones included, by typed column names.
    row, line : str
        SQL, over that table, of a row's number from 0 and of the physical line where it starts.
    n_rows : int
        All rows.
    given : tuple of str
        Canonical columns that it has.
    attributes : mapping of str to str
        Column of the relation with the trimmed text of each attribute.
    faults : dict of int to list of (column, code, reason)
        By row; a row without faults is absent.
    date_format, decimal : str
        For the ledger.
    has_rounded : bool
        Whether the relation has a column ``is_rounded``.
    positive_refunds : bool
        Whether refunds are written without a minus.
    n_trimmed : int
        Ids with spaces around them.
    held : str
        Name of the table of rows held back, after `hold_back`.
    """

    raw: RawTable
    table: Table
    relation: str
    row: str
    line: str
    n_rows: int
    given: tuple[str, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=dict)
    date_format: str = ""
    decimal: str = ""
    has_rounded: bool = False
    positive_refunds: bool = False
    n_trimmed: int = 0
    held: str = ""

    def hold_back(self) -> None:
        """Put the rows that have faults onto the engine; later faults count no more."""
        self.held = new_name()
        self.raw.engine.create_table(self.held, {"row": "BIGINT"})
        if self.faults:
            self.raw.engine.append(self.held, pd.DataFrame({"row": sorted(self.faults)}))

    @property
    def accepted(self) -> str:
        """SQL that holds for accepted rows; after `hold_back`."""
        return f"{self.row} NOT IN (SELECT row FROM {self.held})" if self.faults else "true"

    def amount(self, name: str) -> str:
        """SQL of an amount in minor units, refunds below zero.

        Parameters
        ----------
        name : str
            Canonical name.

        Returns
        -------
        str
            Over the relation.
        """
        column = self.table.column(name)
        if column is None or name not in self.given:
            return "CAST(NULL AS BIGINT)"
        typed = quote(column.typed_name)
        if not (self.positive_refunds and "kind" in self.given):
            return typed
        kinds = ", ".join(f"'{kind}'" for kind in REFUND_KINDS)
        return f"CASE WHEN kind IN ({kinds}) AND {typed} > 0 THEN -{typed} ELSE {typed} END"

    def taken_back(self) -> dict[str, str]:
        """SQL of the amounts that become rows of their own, below zero, by canonical name.

        Returns
        -------
        dict of str to str
            Empty where the file has none.
        """
        return {name: f"-abs({self.amount(name)})" for name in TAKEN_BACK if name in self.given}

    def sums(self) -> dict[str, CurrencySum]:
        """Add up the money of the ledger, exactly; after `hold_back`.

        Returns
        -------
        dict of str to CurrencySum
            By currency, in alphabetical order; empty for tables without money.
        """
        if self.table.money not in self.given:
            return {}
        parts = [self.amount(self.table.money), *(f"coalesce({sql}, 0)" for sql in self.taken_back().values())]
        total, size = " + ".join(parts), " + ".join(f"abs({part})" for part in parts)
        ok = self.accepted
        frame = self.raw.engine.frame(
            "SELECT currency, coalesce(sum(units) FILTER (ok), 0)::VARCHAR AS kept,"
            " coalesce(sum(units) FILTER (NOT ok), 0)::VARCHAR AS held, coalesce(sum(size) FILTER (ok), 0)::VARCHAR"
            " AS size_kept, coalesce(sum(size) FILTER (NOT ok), 0)::VARCHAR AS size_held,"
            " count(units) FILTER (ok) AS n_kept, count(units) FILTER (NOT ok) AS n_held"
            f" FROM (SELECT currency, CAST({total} AS HUGEINT) AS units, CAST({size} AS HUGEINT) AS size,"
            f" {ok} AS ok FROM {self.relation}) AS rows GROUP BY currency HAVING count(units) > 0 ORDER BY currency"
        )
        return {
            str(row[0]): CurrencySum(*(int(str(value)) for value in row[1:]))
            for row in frame.itertuples(index=False, name=None)
        }

    def count(self, condition: str) -> int:
        """Count accepted rows; after `hold_back`.

        Parameters
        ----------
        condition : str
            SQL over the relation.

        Returns
        -------
        int
            Rows for which it holds.
        """
        sql = f"SELECT count(*) FROM {self.relation} WHERE ({condition}) AND {self.accepted}"
        return int(str(self.raw.engine.scalar(sql)))

    def n_unsigned_refunds(self) -> int:
        """Count refunds that are above zero although they are to be taken as written.

        Returns
        -------
        int
            Accepted rows; 0 where there is no kind.
        """
        if self.positive_refunds or not {"kind", "amount"} <= set(self.given):
            return 0
        kinds = ", ".join(f"'{kind}'" for kind in REFUND_KINDS)
        return self.count(f"kind IN ({kinds}) AND amount_minor > 0")


def in_short(by_column: Mapping[str, str]) -> str:
    """Tell one setting for the whole file where all columns agree, else column by column.

    Parameters
    ----------
    by_column : mapping of str to str
        Setting by column.

    Returns
    -------
    str
        For the ledger.
    """
    if len(set(by_column.values())) <= 1:
        return next(iter(by_column.values()), "")
    return "; ".join(f"{name}: {value}" for name, value in by_column.items())


def select_list(columns: Sequence[tuple[str, str]]) -> str:
    """Write the columns of a SELECT.

    Parameters
    ----------
    columns : sequence of (str, str)
        SQL and name.

    Returns
    -------
    str
        SQL.
    """
    return ", ".join(f"{sql} AS {quote(name)}" for sql, name in columns)
