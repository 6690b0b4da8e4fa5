"""Which periods are compared: three full calendar months each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxlink.handoff.bridge import Against

MONTHS = 3
LAGS: tuple[tuple[Against, int], ...] = (("quarter before", 3), ("year before", 12))


@dataclass(frozen=True, slots=True)
class Period:
    """Three full calendar months; ``first`` counts months since 1970-01."""

    first: int

    @property
    def name(self) -> str:
        """First and last month, such as ``2025-07/2025-09``."""
        last = self.first + MONTHS - 1
        return f"{np.datetime64(self.first, 'M')}/{np.datetime64(last, 'M')}"

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, such as ``2025-07``."""
        return tuple(str(np.datetime64(self.first + k, "M")) for k in range(MONTHS))

    @property
    def first_day(self) -> int:
        """Days since 1970-01-01."""
        return _day_of(self.first)

    @property
    def last_day(self) -> int:
        """Days since 1970-01-01."""
        return _day_of(self.first + MONTHS) - 1


def list_periods(from_day: int, to_day: int) -> tuple[tuple[Against, Period, Period], ...]:
    """Pair the last period of the window with earlier ones that lie in it.

    Parameters
    ----------
    from_day, to_day : int
        Both ends of the window, in days since 1970-01-01.

    Returns
    -------
    tuple
        For each pair what it is, the earlier period and the later one; empty where the window is too short.
    """
    first, past = _month_of(from_day - 1) + 1, _month_of(to_day + 1)
    later = Period(past - MONTHS)
    pairs = ((against, Period(later.first - lag), later) for against, lag in LAGS)
    return tuple(pair for pair in pairs if pair[1].first >= first)


def _month_of(day: int) -> int:
    return int(np.datetime64(day, "D").astype("datetime64[M]").astype(np.int64))


def _day_of(month: int) -> int:
    return int(np.datetime64(month, "M").astype("datetime64[D]").astype(np.int64))
