"""Contacts about two matters: one ticket where a customer would have written two."""

from __future__ import annotations

import numpy as np
import pandas as pd

COMPLAINT = "complaint"


def join_contacts(tickets: pd.DataFrame, labels: pd.DataFrame, within_days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join complaints of one customer about two components into the later ticket.

    Parameters
    ----------
    tickets : pandas.DataFrame
        By time of opening, with the customer's position in ``customer``.
    labels : pandas.DataFrame
        One row a ticket, in the same order.
    within_days : int
        Most days between the two.

    Returns
    -------
    tuple of pandas.DataFrame
        Fewer tickets: minutes and credits of the joined ones are the sums, the component is left to the words, which
        tell of both; and labels, two rows of a joined ticket.
    """
    order = np.lexsort((tickets["opened_at"].to_numpy(), tickets["customer"].to_numpy()))
    customer = tickets["customer"].to_numpy()[order]
    opened = tickets["opened_at"].to_numpy()[order]
    component = labels["component"].to_numpy()[order]
    is_complaint = (labels["kind"] == COMPLAINT).to_numpy()[order]
    may = (customer[1:] == customer[:-1]) & (component[1:] != component[:-1]) & is_complaint[1:] & is_complaint[:-1]
    may &= (opened[1:] - opened[:-1]) <= np.timedelta64(within_days, "D")
    earlier: list[int] = []
    for place in np.flatnonzero(may).tolist():
        if not earlier or earlier[-1] < place - 1:  # of three in a row, two are joined
            earlier.append(place)
    first, second = order[earlier], order[np.array(earlier, dtype=np.int64) + 1]
    joined, told = tickets.copy(), labels.copy()
    minutes, credit = (tickets[name].to_numpy(dtype=float) for name in ("handle_minutes", "credit_amount"))
    both = np.nan_to_num(credit[first]) + np.nan_to_num(credit[second])
    joined["handle_minutes"] = _put(minutes, second, np.round(minutes[first] + minutes[second], 1))
    joined["credit_amount"] = _put(credit, second, np.where(both > 0, np.round(both, 2), np.nan))
    words = tickets["body"].to_numpy(dtype=object)
    joined["body"] = _put(words, second, words[first] + "\n" + words[second])
    joined["component"] = _put(tickets["component"].to_numpy(dtype=object), second, np.full(len(second), None))
    told["record_id"] = _put(labels["record_id"].to_numpy(dtype=object), first, labels["record_id"].to_numpy()[second])
    is_left = np.ones(len(joined), dtype=bool)
    is_left[first] = False
    return joined.loc[is_left].reset_index(drop=True), told


def _put(values: np.ndarray, rows: np.ndarray, new: np.ndarray) -> np.ndarray:
    changed = values.copy()
    changed[rows] = new
    return changed
