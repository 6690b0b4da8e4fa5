"""How often a contact was not enough, and what those cost that follow it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Labels, read_vector
from cxlink.stats.contact_chains import Chains
from cxlink.stats.errors import EstimationError
from cxlink.stats.shares import ClusteredSums, ShareInterval, clustered_share


@dataclass(frozen=True, slots=True)
class RepeatContacts:
    """How far one contact reaches.

    Parameters
    ----------
    chains, contacts : int
        Chains whose first contact has a whole window before it and after it under observation, and the contacts seen of
        them.
    mean_length : float
        Contacts per chain.
    repeated : ShareInterval
        Share of first contacts that needed another within the window.
    open : int
        Chains whose last contact is less than a window before the end: they may go on.
    influence : ndarray of float64, shape (n_clusters, 2)
        On `mean_length` and on the share: with customers' weights w, ``numbers(w) ~= numbers + (w - 1) @ influence``.
    cluster_ids : ndarray, shape (n_clusters,)
        Customers with such a chain, ascending.
    """

    chains: int
    contacts: int
    mean_length: float
    repeated: ShareInterval
    open: int
    influence: Floats
    cluster_ids: Labels


@dataclass(frozen=True, slots=True)
class ChainCosts:
    """What chains cost beside single contacts.

    Parameters
    ----------
    single : float
        Mean cost of chains of one contact, in the unit of the cost.
    repeated : float
        Mean cost of chains of several.
    per_chain, per_contact : float
        Mean cost of all chains, and of all their contacts.
    extra : float
        ``per_chain - single``: what is spent beyond one contact, on average over all chains.
    influence : ndarray of float64, shape (n_clusters, 5)
        Of customers on these five numbers, in this order.
    covariance : ndarray of float64, shape (5, 5)
        ``influence.T @ influence``: clustered by customer, without small-sample factor.
    cluster_ids : ndarray, shape (n_clusters,)
        Customers with such a chain, ascending.
    """

    single: float
    repeated: float
    per_chain: float
    per_contact: float
    extra: float
    influence: Floats
    covariance: Floats
    cluster_ids: Labels


def count_repeats(
    chains: Chains, observed_from: float, observed_to: float, *, component: object = None, level: float = 0.95
) -> RepeatContacts:
    """Count how often a first contact was not enough.

    Parameters
    ----------
    chains : Chains
        From :func:`cxlink.stats.contact_chains.find_chains`.
    observed_from, observed_to : float
        First and last day on which contacts are known. A first contact within a window of either end does not count:
        it may follow one that is not known, or have been followed by one.
    component : object, optional
        A label of components; None: all of them.
    level : float, default 0.95
        Of the interval.

    Returns
    -------
    RepeatContacts
        With Wilson's interval at the number of independent chains that customers' chains are worth.

    Raises
    ------
    EstimationError
        If the component has no contact, or no first contact has whole windows around it.
    """
    rows = _choose(chains, observed_from, observed_to, component)
    length, codes = chains.length[rows], chains.cluster[rows]
    present, own = np.unique(codes, return_inverse=True)
    repeated = length > 1
    hits, sizes = np.bincount(own, repeated).astype(np.int64), np.bincount(own)
    contacts = np.bincount(own, length).astype(np.int64)
    products = (hits.sum(), sizes.sum(), (hits**2).sum(), (hits * sizes).sum(), (sizes**2).sum())
    share = clustered_share(ClusteredSums(present.size, *(int(product) for product in products)), level=level)
    mean_length = float(contacts.sum() / sizes.sum())
    moves = np.column_stack((contacts - mean_length * sizes, hits - share.share * sizes)) / sizes.sum()
    still_open = chains.last_day[rows] > observed_to - chains.window_days
    return RepeatContacts(
        chains=int(rows.sum()),
        contacts=int(length.sum()),
        mean_length=mean_length,
        repeated=share,
        open=int(still_open.sum()),
        influence=moves,
        cluster_ids=chains.cluster_ids[present],
    )


def compare_chain_costs(
    chains: Chains, cost: npt.ArrayLike, observed_from: float, observed_to: float, *, component: object = None
) -> ChainCosts:
    """Compare what chains cost with what single contacts cost.

    Parameters
    ----------
    chains : Chains
        From :func:`cxlink.stats.contact_chains.find_chains`.
    cost : array_like of float, shape (n_contacts,)
        Of each contact, in the order that the chains were found from; of a ticket in several rows, the row's part.
    observed_from, observed_to : float
        As in :func:`count_repeats`.
    component : object, optional
        A label of components; None: all of them.

    Returns
    -------
    ChainCosts
        Means of the chains that :func:`count_repeats` counts. What chains cost more is no effect of failing the first
        time: harder matters make both.

    Raises
    ------
    EstimationError
        As :func:`count_repeats`; if a cost is missing or infinite; or if there are no chains of one contact, or none
        of several.
    """
    rows = _choose(chains, observed_from, observed_to, component)
    costs = read_vector("cost", cost, chains.chain.size, EstimationError)
    spent = np.bincount(chains.chain, costs, chains.length.size)[rows]
    length = chains.length[rows].astype(np.float64)
    present, own = np.unique(chains.cluster[rows], return_inverse=True)
    single = (length == 1).astype(np.float64)
    if not single.any() or single.all():
        raise EstimationError("there are no chains of one contact, or none of several: nothing to compare")
    several, every = 1.0 - single, np.ones(spent.size)
    above = np.column_stack((spent * single, spent * several, spent, spent))
    below = np.column_stack((single, several, every, length))
    means = above.sum(axis=0) / below.sum(axis=0)
    moves = (above - means * below) / below.sum(axis=0)
    influence = np.column_stack([np.bincount(own, column) for column in moves.T]).astype(np.float64)
    influence = np.column_stack((influence, influence[:, 2] - influence[:, 0]))
    return ChainCosts(
        single=float(means[0]),
        repeated=float(means[1]),
        per_chain=float(means[2]),
        per_contact=float(means[3]),
        extra=float(means[2] - means[0]),
        influence=influence,
        covariance=influence.T @ influence,
        cluster_ids=chains.cluster_ids[present],
    )


def _choose(chains: Chains, observed_from: float, observed_to: float, component: object) -> Flags:
    """Chains of a component whose first contact has whole windows around it."""
    if not (np.isfinite(observed_from) and np.isfinite(observed_to) and observed_from <= observed_to):
        raise EstimationError("observed_from must not be after observed_to")
    window = chains.window_days
    rows: Flags = (chains.first_day >= observed_from + window) & (chains.first_day <= observed_to - window)
    if component is not None:
        place = np.flatnonzero(chains.component_ids == component)
        if place.size != 1:
            raise EstimationError("the component has no contact")
        rows &= chains.component == place[0]
    if not rows.any():
        raise EstimationError(f"no first contact has {window:g} days before it and after it under observation")
    return rows
