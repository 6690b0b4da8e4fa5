"""What the page's levers are made of: gains as whole numbers with a scale, small enough to stand in the page."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass

import numpy as np

from cxlink.report.numbers import round_exact

LARGEST = 32_767
"""Of a signed number of 16 bits."""


@dataclass(frozen=True, slots=True)
class LeverSeries:
    """One quantity of one component, or why it cannot be told.

    Parameters
    ----------
    refusal : str
        Why there is none, and what is needed; empty where there is one.
    scales : tuple of float
        (n_sizes * n_horizons) what one step of a number is, horizons running fastest.
    numbers : str
        (n_sizes, n_horizons, 1 + n_draws) signed numbers of 16 bits, the lower byte first, in base64; the point
        estimate stands before the draws.
    """

    refusal: str
    scales: tuple[float, ...] = ()
    numbers: str = ""


@dataclass(frozen=True, slots=True)
class LeverComponent:
    """A component that a reader may choose.

    Parameters
    ----------
    name : str
        Safe to show on a page.
    evidence : str
        Its grade in words.
    no_npv : str
        Why no net present value can be told, whatever the margin; empty where one can.
    customers_kept, revenue_kept, cost_saved, experience : LeverSeries
        Gains; money discounted.
    """

    name: str
    evidence: str
    no_npv: str
    customers_kept: LeverSeries
    revenue_kept: LeverSeries
    cost_saved: LeverSeries
    experience: LeverSeries


@dataclass(frozen=True, slots=True)
class LeverBoard:
    """All that the page needs to tell of a change that a reader chooses.

    Parameters
    ----------
    refusal : str
        Why there are no levers at all; empty where there are.
    currency : str
        Of the project.
    kpi_unit : str
        Of the score.
    level : float
        Of the intervals.
    margin : float or None
        Gross margin of the configuration; the reader has to give one where None.
    sizes : tuple of float
        Shares of incidents removed at which gains are exact, ascending and above 0.
    months : tuple of int
        Horizons.
    discount : tuple of float
        By horizon, what one unit of money in every month of it is worth today.
    n_draws : int
        Joint draws.
    components : tuple of LeverComponent
        Costliest first.
    chosen : int
        Which of them stands there at first.
    """

    refusal: str
    currency: str = ""
    kpi_unit: str = ""
    level: float = 0.95
    margin: float | None = None
    sizes: tuple[float, ...] = ()
    months: tuple[int, ...] = ()
    discount: tuple[float, ...] = ()
    n_draws: int = 0
    components: tuple[LeverComponent, ...] = ()
    chosen: int = 0


def pack_series(point: np.ndarray, draws: np.ndarray) -> LeverSeries:
    """Round a quantity to whole numbers, each size and horizon on a scale of its own.

    Parameters
    ----------
    point : ndarray
        (n_sizes, n_horizons).
    draws : ndarray
        (n_draws, n_sizes, n_horizons).

    Returns
    -------
    LeverSeries
        No value is off by more than half a step, which is the largest of its scale over 65,534.
    """
    values = np.concatenate([point[None], draws]).transpose(1, 2, 0)
    steps = np.array([round_exact(one) for one in (np.abs(values).max(axis=2) / LARGEST).ravel()])
    by = steps.reshape(*values.shape[:2], 1)
    whole = np.rint(np.divide(values, by, out=np.zeros_like(values), where=by > 0))
    packed = np.clip(whole, -LARGEST, LARGEST).astype("<i2").tobytes()
    return LeverSeries("", tuple(float(one) for one in steps), base64.b64encode(packed).decode("ascii"))


def unpack_series(series: LeverSeries, n_sizes: int, n_horizons: int) -> np.ndarray:
    """Read a quantity back, as the page does.

    Parameters
    ----------
    series : LeverSeries
        Of `pack_series`.
    n_sizes, n_horizons : int
        How many of each there are.

    Returns
    -------
    ndarray
        (1 + n_draws, n_sizes, n_horizons), the point estimate first.
    """
    whole = np.frombuffer(base64.b64decode(series.numbers), dtype="<i2").reshape(n_sizes, n_horizons, -1)
    scales = np.array(series.scales).reshape(n_sizes, n_horizons, 1)
    values: np.ndarray = (whole * scales).transpose(2, 0, 1)
    return values


def write_block(board: LeverBoard, words: dict[str, str]) -> str:
    """Write a board as JSON that may stand in a page.

    Parameters
    ----------
    board : LeverBoard
        With levers.
    words : dict of str to str
        Sentences for the page's script, which has none of its own.

    Returns
    -------
    str
        Without a character that could end the block it stands in.
    """
    text = json.dumps({**asdict(board), "words": words}, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
