"""Which texts to train on and which to keep for the test: never two of one customer on both sides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cxlink.stats.arrays import Flags, Floats, Integers, read_codes, read_times
from cxlink.stats.errors import EstimationError


@dataclass(frozen=True, slots=True)
class Split:
    """Texts to train on and texts to test with.

    Parameters
    ----------
    is_test : ndarray of bool, shape (n,)
        True for the test.
    share_later : float
        How often a text of the test is later than one of the training, over all such pairs; ties count half. 1 for a
        clean cut in time.
    """

    is_test: Flags
    share_later: float


def split_by_customer_and_time(customers: npt.ArrayLike, moments: npt.ArrayLike, share: float) -> Split:
    """Keep the latest customers for the test.

    Customers are taken by the average rank in time of their texts, the latest first, until the test has its share of
    the texts. For as many texts no other choice of whole customers puts more pairs of a test and a training text in
    order.

    Parameters
    ----------
    customers : array_like, shape (n,)
        Who wrote each text.
    moments : array_like of float or datetime64, shape (n,)
        When.
    share : float
        Of the texts, for the test; above 0 and below 1.

    Returns
    -------
    Split
        With at least one customer on either side.

    Raises
    ------
    EstimationError
        If there are fewer than two customers, or a moment is missing.
    """
    from scipy.stats import rankdata

    if not 0.0 < share < 1.0:
        raise EstimationError("share must be above 0 and below 1")
    raw = np.asarray(moments)
    if raw.dtype.kind == "M":
        if np.isnat(raw).any():
            raise EstimationError("moments are missing")
        raw = np.unique(raw, return_inverse=True)[1]
    when = read_times("moments", raw, raw.size, EstimationError)
    labels, codes = read_codes("customers", customers, when.size, EstimationError)
    if labels.size < 2:
        raise EstimationError("a test needs a second customer")
    ranks: Floats = rankdata(when)
    n_texts = np.bincount(codes)
    average = np.bincount(codes, weights=ranks) / n_texts
    order = np.lexsort((np.arange(labels.size), -average))
    n_before = np.concatenate(([0], np.cumsum(n_texts[order])[:-1]))
    chosen = order[:-1][(n_before < share * when.size)[:-1]]
    is_test = np.isin(codes, chosen)
    n_test = int(is_test.sum())
    in_order = float(ranks[is_test].sum()) - n_test * (n_test + 1) / 2
    return Split(is_test, in_order / (n_test * (when.size - n_test)))


def assign_folds(customers: Integers, truth: Flags, n_folds: int, seed: int) -> Integers:
    """Deal customers out to folds, so that each tag's customers are spread over all of them.

    Parameters
    ----------
    customers : ndarray of int, shape (n,)
        Codes from 0 on.
    truth : ndarray of bool, shape (n, k)
        Tags of each text.
    n_folds : int
        At least two.
    seed : int
        Of the order among customers of the same tag.

    Returns
    -------
    ndarray of int, shape (n,)
        Fold of each text; the same for all texts of a customer.
    """
    n_customers = int(customers.max()) + 1
    has_tag = spread_tags(customers, truth)
    by_rarity = np.argsort(has_tag.sum(axis=0), kind="stable")
    rarest = np.argmax(np.column_stack((has_tag[:, by_rarity], np.ones(n_customers, dtype=bool))), axis=1)
    shuffled = np.random.default_rng(seed).permutation(n_customers)
    dealt = shuffled[np.argsort(rarest[shuffled], kind="stable")]
    fold_of = np.empty(n_customers, dtype=np.intp)
    fold_of[dealt] = np.arange(n_customers) % n_folds
    return fold_of[customers]


def spread_tags(customers: Integers, truth: Flags) -> Flags:
    """Tell which customers have each tag in any text.

    Parameters
    ----------
    customers : ndarray of int, shape (n,)
        Codes from 0 on.
    truth : ndarray of bool, shape (n, k)
        Tags of each text.

    Returns
    -------
    ndarray of bool, shape (n_customers, k)
        Sum it over the first axis to count them.
    """
    has_tag = np.zeros((int(customers.max()) + 1, truth.shape[1]), dtype=bool)
    rows, columns = np.nonzero(truth)
    has_tag[customers[rows], columns] = True
    return has_tag
