"""Two runs beside one another, number by number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxlink.diff.restated import Changed, Restated, find_changed, find_restated
from cxlink.diff.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Number:
    """One number of both runs.

    ``earlier`` and ``now`` are points, None where it was not estimable or not there; ``low`` and ``high`` bound the
    difference. ``beyond_chance`` is None where it cannot be judged.
    """

    name: str
    unit: str
    earlier: float | None
    now: float | None
    low: float | None = None
    high: float | None = None
    beyond_chance: bool | None = None
    remark: str = ""

    @property
    def difference(self) -> float | None:
        """Now less earlier."""
        return None if self.earlier is None or self.now is None else self.now - self.earlier


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two runs, and why it may have.

    ``restated`` is None where a run did not keep its months; ``files`` are inputs whose bytes differ. ``real`` says
    that nothing but new days lies between the runs, so that a move beyond chance is one of the customers.
    """

    earlier_to: str
    now_to: str
    earlier_version: str
    restated: tuple[Restated, ...] | None
    changed: tuple[Changed, ...]
    files: tuple[str, ...]
    numbers: tuple[Number, ...]
    lacking: tuple[str, ...]

    @property
    def has_new_days(self) -> bool:
        """Whether the later run saw further."""
        return self.now_to != self.earlier_to

    @property
    def real(self) -> bool:
        """Whether nothing but new days lies between the runs."""
        return self.has_new_days and self.restated == () and not self.changed and not self.lacking


def compare_runs(earlier: Snapshot, now: Snapshot) -> Comparison:
    """Compare two runs of a project.

    Parameters
    ----------
    earlier, now : dict
        From :func:`cxlink.diff.take_snapshot`.

    Returns
    -------
    Comparison
        Numbers in the order of the later run.
    """
    lacking = sorted({*earlier["lacking"], *now["lacking"]})
    names = [*now["numbers"], *(name for name in earlier["numbers"] if name not in now["numbers"])]
    files = [name for name, digest in now["inputs"].items() if earlier["inputs"].get(name, digest) != digest]
    return Comparison(
        earlier_to=str(earlier["to"]),
        now_to=str(now["to"]),
        earlier_version=str(earlier["version"]),
        restated=None if "months" in lacking else find_restated(earlier, now),
        changed=find_changed(earlier, now),
        files=tuple(files),
        numbers=tuple(_number(name, earlier["numbers"].get(name), now["numbers"].get(name)) for name in names),
        lacking=tuple(lacking),
    )


def _number(name: str, earlier: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> Number:
    was, is_now = (None if one is None else one.get("point") for one in (earlier, now))
    unit = str((now or {}).get("unit") or (earlier or {}).get("unit") or "")
    if earlier is None or now is None or was is None or is_now is None:
        return Number(name, unit, was, is_now, remark=_why_not(earlier, now))
    if any(earlier.get(part) != now.get(part) for part in ("unit", "level")):
        return Number(name, unit, was, is_now, remark="unit or level differ")
    low, high = bound_difference(earlier, now)
    # equal ends of an interval bound nothing: the number was counted
    exact = low == high
    return Number(name, unit, was, is_now, low, high, None if exact and low != 0 else low > 0 or high < 0)


def bound_difference(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[float, float]:
    """Bound the difference of two estimates as if their data had nothing in common.

    Their variances are added, from the halves of the intervals that face one another. Most of the data is the same in
    both runs, and what is the same cancels: the interval is too wide, and a move beyond it is one all the more.

    Parameters
    ----------
    earlier, now : mapping
        With point, low and high, of one level.

    Returns
    -------
    float, float
        Bounds of `now` less `earlier`.

    References
    ----------
    .. [1] Zou and Donner (2008), Statistics in Medicine 27:1693.
    """
    difference = now["point"] - earlier["point"]
    down = math.hypot(now["point"] - now["low"], earlier["high"] - earlier["point"])
    up = math.hypot(now["high"] - now["point"], earlier["point"] - earlier["low"])
    return difference - down, difference + up


def _why_not(earlier: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> str:
    if earlier is None:
        return "not in the earlier run"
    if now is None:
        return "not in the later run"
    refused = [when for when, one in (("earlier", earlier), ("now", now)) if "not_estimable" in one]
    return f"not estimable {' and '.join(refused)}"
