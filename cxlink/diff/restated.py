"""What of the past, the configuration and the method differs between two runs."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cxlink.diff.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Restated:
    """A full month that both runs saw, and not alike.

    ``what`` is "rows", or a currency whose minor units differ; None where one run has nothing there.
    """

    table: str
    month: str
    what: str
    earlier: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A setting, version or seed that is not as it was, both as text."""

    what: str
    key: str
    earlier: str
    now: str


def find_restated(earlier: Snapshot, now: Snapshot) -> tuple[Restated, ...]:
    """Compare the full months that both runs saw.

    Parameters
    ----------
    earlier, now : dict
        Two runs, both with ``months``.

    Returns
    -------
    tuple of Restated
        By table, month and what differs.
    """
    first, last = max(earlier["from"], now["from"]), min(earlier["to"], now["to"])
    counts = [_counts(one, first, last) for one in (earlier, now)]
    keys = sorted(set(counts[0]) | set(counts[1]))
    return tuple(
        Restated(*key, counts[0].get(key), counts[1].get(key))
        for key in keys
        if counts[0].get(key, 0) != counts[1].get(key, 0)
    )


def _counts(run: Snapshot, first: str, last: str) -> dict[tuple[str, str, str], int]:
    found: dict[tuple[str, str, str], int] = {}
    for row in run["months"]:
        table, month = str(row["table"]), str(row["month"])
        if _is_full(month, first, last):
            found[table, month, "rows"] = int(row["rows"])
            found |= {(table, month, code): int(cents) for code, cents in row["minor_units"].items()}
    return found


def _is_full(month: str, first: str, last: str) -> bool:
    year, number = (int(part) for part in month.split("-"))
    begins, ends = date(year, number, 1), date(year, number, monthrange(year, number)[1])
    return begins >= date.fromisoformat(first) and ends <= date.fromisoformat(last)


def find_changed(earlier: Snapshot, now: Snapshot) -> tuple[Changed, ...]:
    """List what of the configuration and the method is not as it was.

    Parameters
    ----------
    earlier, now : dict
        Two runs.

    Returns
    -------
    tuple of Changed
        Settings first; where a run kept none of them, their hash stands for all.
    """
    if earlier["settings"] and now["settings"]:
        settings = list(_differing("setting", earlier["settings"], now["settings"]))
    else:
        settings = list(_differing("configuration", *({"sha256": run["settings_sha256"]} for run in (earlier, now))))
    return (
        *settings,
        *_differing("window", {"observed from": earlier["from"]}, {"observed from": now["from"]}),
        *_differing("program", {"version": earlier["version"]}, {"version": now["version"]}),
        *_differing("library", earlier["libraries"], now["libraries"]),
        *_differing("method", earlier["method"], now["method"]),
    )


def _differing(what: str, earlier: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Changed]:
    for key in sorted(set(earlier) | set(now)):
        if earlier.get(key) != now.get(key):
            yield Changed(what, key, _text(earlier.get(key)), _text(now.get(key)))


def _text(value: Any) -> str:
    return "not set" if value is None else str(value)
