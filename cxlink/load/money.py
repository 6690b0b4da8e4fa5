"""Amounts as whole minor units (cents), exactly: no float touches a total."""

from __future__ import annotations

from dataclasses import dataclass

from cxlink.load.numerals import Numeral

MINOR_LIMIT = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Minor:
    """An amount in minor units, and whether decimals beyond them were rounded."""

    units: int
    is_rounded: bool


def to_minor(numeral: Numeral, exponent: int) -> Minor | None:
    """Turn a number into minor units, rounding half up.

    Parameters
    ----------
    numeral : Numeral
        As written.
    exponent : int
        Decimals of the currency.

    Returns
    -------
    Minor or None
        Half is rounded away from zero, as ``ROUND_HALF_UP`` of :mod:`decimal` does: 0.125 becomes 0.13 and -0.125
        becomes -0.13. None where the amount does not fit 64 bits.
    """
    kept, beyond = numeral.part[:exponent].ljust(exponent, "0"), numeral.part[exponent:]
    units = int(numeral.whole + kept)
    if beyond[:1] >= "5":
        units += 1
    if units > MINOR_LIMIT:
        return None
    return Minor(-units if numeral.negative else units, beyond.strip("0") != "")
