"""The customers whom companies are drawn with: all who were at risk, or a sample of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from cxlink.handoff import Linked

MOST_CUSTOMERS = 4_000


def take_customers(linked: Linked, most: int, rng: np.random.Generator) -> tuple[Linked, np.ndarray]:
    """Keep the customers at risk, or a sample in which as large a share left.

    Parameters
    ----------
    linked : Linked
        Timelines.
    most : int
        Customers that are kept at most.
    rng : Generator
        For the sample.

    Returns
    -------
    taken : Linked
        With keys of its own, 0..n-1 in the order of the old ones, and without labels.
    keys : ndarray
        (n,) their keys in `linked`, ascending.
    """
    at_risk = linked.customers.loc[linked.customers["at_risk"]]
    keys = at_risk["customer"].to_numpy()
    if len(keys) > most:
        # customers alike side by side, and every so many of them: as many leavers and actives as there should be
        order = np.lexsort((rng.random(len(keys)), at_risk["active"].to_numpy(), at_risk["event"].to_numpy()))
        places = np.floor((np.arange(most) + rng.random()) * len(keys) / most).astype(np.int64)
        keys = np.sort(keys[order][places])
    customers = at_risk.loc[np.isin(at_risk["customer"].to_numpy(), keys)]
    return (
        replace(
            linked,
            customers=customers.assign(customer=np.arange(len(keys))).reset_index(drop=True),
            covariates=linked.covariates[keys],
            incidents=_of(linked.incidents, keys),
            experiences=_of(linked.experiences, keys),
            responses=_of(linked.responses, keys),
            tickets=_of(linked.tickets, keys),
            price_changes=_of(linked.price_changes, keys),
            labelled=None,
        ),
        keys,
    )


def _of(rows: pd.DataFrame, keys: np.ndarray) -> pd.DataFrame:
    """Rows of these customers, under their new keys."""
    customer = rows["customer"].to_numpy(dtype=np.int64)
    place = np.minimum(np.searchsorted(keys, customer), max(len(keys) - 1, 0))
    there = keys[place] == customer if len(keys) else np.zeros(len(customer), dtype=bool)
    return rows.loc[there].assign(customer=place[there]).reset_index(drop=True)
