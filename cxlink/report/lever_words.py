"""What the levers say. The page's script has no words of its own."""

from __future__ import annotations

from cxlink.report.lever_data import LeverBoard

TITLE = "Try a change"
LEAD = (
    "Choose how many incidents fewer there would be, and what that costs. Everything is worked out on this page from"
    " the {draws} joint draws that the report's intervals are made of; nothing is sent."
)
CANNOT = "Levers cannot be told: "
NO_SCRIPT = (
    "The levers need JavaScript, which is off here. The same is told by cxlink whatif --component NAME --reduce 0.3"
    " --cost 20000."
)
COMPONENT = "Component"
REDUCTION = "Fewer incidents"
ONE_OFF = "Cost once"
PER_MONTH = "Cost a month"
MARGIN = "Gross margin, %"
HORIZON = "Horizon"
MONTHS = "{months} months"
MONTH = "1 month"
SPREAD = "Show the spread of"
TABLE = "What it would bring"
HEADS = ("What", "Estimate", "{level}% interval")
DECILES = "The spread in numbers: this share of the draws lies below"
ASSUMED = (
    "Everybody is reached, in full from the first day on; no incident reappears elsewhere. Money is discounted, and"
    " counts up to the end of the horizon for the customers active at the cut-off. Net present value (NPV): gross"
    " margin on the revenue kept and cost of serving saved, less what the change costs; a change breaks even where the"
    " mean of its draws is zero. Estimates are those of the run"
    " and of cxlink whatif; intervals and chances count luck in the data alone, not hidden causes, which cxlink whatif"
    " allows for, as it does for ramps and ranges. The address of this page keeps what you chose."
)

WORDS = {
    "experience": "{unit}, mean over the horizon",
    "customers_kept": "Customers kept at the end",
    "revenue_kept": "Revenue kept, {currency}",
    "cost_saved": "Cost of serving saved, {currency}",
    "npv": "NPV, {currency}",
    "reduction_text": "{percent}% fewer",
    "asked": "{percent}% fewer {component} incidents, {months}",
    "months": MONTHS,
    "month": MONTH,
    "said": "{asked}: NPV {currency} {npv}. It is {chance} likely to pay. {even}",
    "said_without": "{asked}: no NPV can be told. {why}",
    "even": "It breaks even at {percent}% fewer.",
    "even_free": "It costs nothing, so that there is no break-even.",
    "even_never": "It would not pay even if every incident were avoided.",
    "even_always": "It pays whatever the size.",
    "no_margin": "Give a gross margin to see it.",
    "cannot": "cannot be told: {why}",
    "wrong_money": "Costs are numbers of 0 or more.",
    "wrong_margin": "The gross margin is a number from 0 to 100, or empty.",
    "evidence": "Evidence: {evidence}",
    "nothing_drawn": "There is no spread to show.",
    "all_same": "All {draws} draws are the same: {value}.",
    "chart_title": "Spread of {what} over {draws} draws",
    "chart_desc": "{below} of {draws} draws lie below zero. Half of the draws lie between {low} and {high}, the middle"
    " one at {middle}. The bar under the columns is the {level}% interval, with the estimate as a dot.",
}


def lead(n_draws: int) -> str:
    """Say what levers are.

    Parameters
    ----------
    n_draws : int
        Joint draws.

    Returns
    -------
    str
        Two sentences.
    """
    return LEAD.format(draws=n_draws)


def percent(margin: float | None) -> str:
    """Show a margin in the control's own terms.

    Parameters
    ----------
    margin : float or None
        Share of revenue; None where none is configured.

    Returns
    -------
    str
        Percent, or empty.
    """
    return "" if margin is None else f"{100 * margin:.6g}"


def say_months(months: int) -> str:
    """Show a horizon.

    Parameters
    ----------
    months : int
        Above 0.

    Returns
    -------
    str
        Such as ``6 months``.
    """
    return MONTH if months == 1 else MONTHS.format(months=months)


def heads(level: float) -> tuple[str, ...]:
    """Headings of the table.

    Parameters
    ----------
    level : float
        Of the intervals.

    Returns
    -------
    tuple of str
        Three.
    """
    return tuple(head.format(level=f"{100 * level:g}") for head in HEADS)


def rows(board: LeverBoard) -> tuple[tuple[str, str], ...]:
    """Rows of the table.

    Parameters
    ----------
    board : LeverBoard
        For units.

    Returns
    -------
    tuple of (str, str)
        Key and label.
    """
    keys = ("experience", "customers_kept", "revenue_kept", "cost_saved", "npv")
    units = {"unit": board.kpi_unit, "currency": board.currency}
    return tuple((key, WORDS[key].format(**units)) for key in keys)
