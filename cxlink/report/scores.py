"""Every active customer's risk, as a table for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxlink.handoff import CustomerScores, Linked

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 9
"""Of a probability: what comes after may differ between two runs, by the order in which threads add up."""


def build_scores(scores: CustomerScores, linked: Linked) -> pd.DataFrame:
    """Put the scores into a table.

    Parameters
    ----------
    scores : CustomerScores
        Of the churn stage.
    linked : Linked
        For the customers' ids and prices.

    Returns
    -------
    DataFrame
        Columns customer_id, monthly_price, risk_N, risk_N_low and risk_N_high (N months), and behind_COMPONENT: what
        its recent incidents add to the first horizon's risk; highest risk first.
    """
    import pandas as pd

    rows = linked.customers.set_index("customer").loc[scores.customer]
    table = {"customer_id": rows["customer_id"].to_numpy(), "monthly_price": rows["monthly_price"].to_numpy()}
    for k, months in enumerate(scores.horizons):
        table[f"risk_{months}"] = np.round(scores.risk[:, k], DIGITS)
        table[f"risk_{months}_low"] = np.round(scores.low[:, k], DIGITS)
        table[f"risk_{months}_high"] = np.round(scores.high[:, k], DIGITS)
    for k, name in enumerate(scores.components):
        table[f"behind_{name}"] = np.round(scores.behind[:, k], DIGITS)
    order = [f"risk_{scores.horizons[0]}", "customer_id"]
    return pd.DataFrame(table).sort_values(order, ascending=[False, True], kind="stable", ignore_index=True)


def render_scores_csv(scores: CustomerScores, linked: Linked) -> str:
    """Write the scores as CSV.

    Parameters
    ----------
    scores : CustomerScores
        Of the churn stage.
    linked : Linked
        For the customers' ids and prices.

    Returns
    -------
    str
        One line a customer, probabilities with six digits.
    """
    return build_scores(scores, linked).to_csv(index=False, lineterminator="\n", float_format="%.6g")


def render_scores_json(scores: CustomerScores, linked: Linked) -> str:
    """Write the scores as JSON.

    Parameters
    ----------
    scores : CustomerScores
        Of the churn stage.
    linked : Linked
        For the customers' ids and prices.

    Returns
    -------
    str
        A list of objects, one a customer; null where nothing is known.
    """
    return build_scores(scores, linked).to_json(orient="records", indent=2, double_precision=DIGITS) + "\n"
