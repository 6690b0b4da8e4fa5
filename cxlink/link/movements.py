"""What moved monthly recurring revenue: counted slice by slice, in whole minor units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlink.link.charges import Integers
from cxlink.link.frames import month_text
from cxlink.link.months import MonthlyPrices

MOVEMENTS = ("new", "expansion", "contraction", "churn", "reactivation", "correction")
_COUNTED = ("closing", "closing_constant", *MOVEMENTS)


class MovementCounter:
    """Adds up movements over slices of customers.

    Parameters
    ----------
    first, last : int
        Months of the observed window.

    Notes
    -----
    A movement is judged and measured at constant exchange rates: else a falling rate would look as if customers paid
    less. What is left of the month's difference is what the rates did, the movement ``currency``.
    """

    def __init__(self, first: int, last: int) -> None:
        # the month before is the first one's opening
        self._months = np.arange(first - 1, last + 1)
        # one place more at the begin and two at the end, for months outside
        self._all = {name: np.zeros(len(self._months) + 3, dtype=np.int64) for name in (*_COUNTED, "customers_paying")}

    def add(self, prices: MonthlyPrices) -> None:
        """Add the movements of some customers.

        Parameters
        ----------
        prices : MonthlyPrices
            All months of these customers.
        """
        month, now = prices.month, prices.constant
        place = np.clip(month - self._months[0] + 1, 0, len(self._months) + 1)
        is_first = np.ones(len(month), dtype=bool)
        is_first[1:] = prices.customer[1:] != prices.customer[:-1]
        goes_on = np.zeros(len(month), dtype=bool)
        goes_on[1:] = ~is_first[1:] & (month[1:] == month[:-1] + 1)
        before = np.zeros(len(month), dtype=np.int64)
        before[1:][goes_on[1:]] = now[:-1][goes_on[1:]]
        step, pays, paid = now - before, now > 0, before > 0
        np.add.at(self._all["closing"], place, prices.price)
        np.add.at(self._all["closing_constant"], place, now)
        np.add.at(self._all["customers_paying"], place, pays)
        self._count("new", place, step, is_first & pays)
        self._count("expansion", place, step, paid & (now > before))
        self._count("contraction", place, step, pays & (now < before))
        self._count("churn", place, step, paid & ~pays)
        self._count("reactivation", place, step, ~is_first & ~paid & pays)
        self._count("correction", place, step, ~paid & ~pays)
        # of those without a price in the next month, the month after bears what went
        is_last = ~np.append(goes_on[1:], False)
        self._count("churn", place + 1, -now, is_last & pays)
        self._count("correction", place + 1, -now, is_last & ~pays)

    def frame(self) -> pd.DataFrame:
        """Movements of each month.

        Returns
        -------
        DataFrame
            One row a month of the observed window. Columns month, opening, new, expansion, contraction, churn,
            reactivation, correction, currency, closing, opening_constant, closing_constant, in minor units, and
            customers_paying;
            ``opening`` plus all movements is ``closing`` and the next month's opening; ``opening_constant`` plus all
            but ``currency`` is ``closing_constant``.
        """
        sums = {name: found[1:-2] for name, found in self._all.items()}
        opening, closing = sums["closing"][:-1], sums["closing"][1:]
        opening_constant, closing_constant = sums["closing_constant"][:-1], sums["closing_constant"][1:]
        return pd.DataFrame(
            {
                "month": [month_text(int(month)) for month in self._months[1:]],
                "opening": opening,
                **{name: sums[name][1:] for name in MOVEMENTS},
                "currency": closing - opening - (closing_constant - opening_constant),
                "closing": closing,
                "opening_constant": opening_constant,
                "closing_constant": closing_constant,
                "customers_paying": sums["customers_paying"][1:],
            }
        )

    def _count(self, name: str, place: Integers, units: Integers, where: np.ndarray) -> None:
        rows = np.flatnonzero(where)
        np.add.at(self._all[name], place[rows], units[rows])
