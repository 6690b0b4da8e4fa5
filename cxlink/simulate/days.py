"""Days as whole numbers since the first day of the world, and the calendar behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
DateArray = NDArray[np.datetime64]
AnyArray = NDArray[Any]

DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True)
class Calendar:
    """Day numbers of one world.

    Parameters
    ----------
    starts_on : datetime.date
        Day 0.
    """

    starts_on: date

    def number(self, day: date) -> int:
        """Day number of a date.

        Parameters
        ----------
        day : datetime.date
            A date.

        Returns
        -------
        int
            Days since the first day of the world.
        """
        return (day - self.starts_on).days

    def dates(self, numbers: AnyArray) -> DateArray:
        """Dates of day numbers.

        Parameters
        ----------
        numbers : array
            Day numbers.

        Returns
        -------
        array of datetime64[D]
            The dates.
        """
        return np.datetime64(self.starts_on, "D") + np.asarray(numbers).astype("timedelta64[D]")

    def day_of_month(self, numbers: AnyArray) -> IntArray:
        """Day of the month, 1-31.

        Parameters
        ----------
        numbers : array
            Day numbers.

        Returns
        -------
        array of int
            1 to 31.
        """
        days = self.dates(numbers)
        since_first: IntArray = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
        return since_first + 1

    def days_in_month(self, numbers: AnyArray) -> IntArray:
        """Length of the month, 28-31.

        Parameters
        ----------
        numbers : array
            Day numbers.

        Returns
        -------
        array of int
            28 to 31.
        """
        return _month_lengths(self.dates(numbers).astype("datetime64[M]"))

    def months(self, numbers: AnyArray) -> IntArray:
        """Months since January 1970.

        Parameters
        ----------
        numbers : array
            Day numbers.

        Returns
        -------
        array of int
            Months since January 1970.
        """
        return self.dates(numbers).astype("datetime64[M]").astype(np.int64)

    def next_charges(self, numbers: AnyArray, anchors: IntArray, period_months: IntArray) -> DateArray:
        """Date of the charge that follows each charge.

        Parameters
        ----------
        numbers : array
            Days of the charges.
        anchors : array of int
            Day of the month on which each customer was acquired.
        period_months : array of int
            Months that a charge covers.

        Returns
        -------
        array of datetime64[D]
            The anchor day of the month in which the period ends, or that month's last day if it is shorter.
        """
        months = self.dates(numbers).astype("datetime64[M]") + period_months.astype("timedelta64[M]")
        offset = np.minimum(anchors, _month_lengths(months)) - 1
        charges: DateArray = months.astype("datetime64[D]") + offset.astype("timedelta64[D]")
        return charges


def _month_lengths(months: DateArray) -> IntArray:
    after = (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    lengths: IntArray = (after - months.astype("datetime64[D]")).astype(np.int64)
    return lengths
