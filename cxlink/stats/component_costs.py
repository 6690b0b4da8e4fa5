"""What one component more adds to the cost of a ticket."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from cxlink.stats.arrays import Flags, Floats, Integers, Labels, name_columns, read_codes, read_vector
from cxlink.stats.clustered_ols import check_columns
from cxlink.stats.errors import EstimationError
from cxlink.stats.named_sets import find_sets, read_named
from cxlink.stats.shapley import additive_shares

LEAST_CUSTOMERS = 30
"""Customers below which drawing them anew does not show how costs vary."""


@dataclass(frozen=True, slots=True)
class TicketSums:
    """All that a regression on indicators needs to know of tickets.

    Parameters
    ----------
    sets : ndarray of bool, shape (n_sets, n_components)
        Distinct sets of components that tickets name.
    tickets : csr_array of float, shape (n_customers, n_sets)
        How many tickets of each customer name just this set.
    cost : csr_array of float, shape (n_customers, n_sets)
        What these cost.
    """

    sets: Flags
    tickets: csr_array
    cost: csr_array


@dataclass(frozen=True, slots=True)
class ComponentCosts:
    """Cost of a ticket as a base plus the marginal costs of the components it names.

    Parameters
    ----------
    base : float
        What a ticket costs whatever it names; zero or more, in the unit of the cost.
    marginal : ndarray of float64, shape (n_components,)
        What each component adds; zero or more.
    at_zero : ndarray of bool, shape (n_components + 1,)
        Coefficients, the base last, that least squares alone would have put below zero, or that go with such a one.
    n_tickets : ndarray of int, shape (n_components,)
        Tickets that name each component.
    n_shared : ndarray of int, shape (n_components,)
        Those of them that name others too.
    cluster_ids : ndarray, shape (n_customers,)
        Customers of the tickets, ascending.
    sums : TicketSums
        Of the tickets; customers in the order of `cluster_ids`.
    """

    base: float
    marginal: Floats
    at_zero: Flags
    n_tickets: Integers
    n_shared: Integers
    cluster_ids: Labels
    sums: TicketSums

    def expected(self, sets: Flags) -> Floats:
        """Fitted cost of tickets.

        Parameters
        ----------
        sets : ndarray of bool, shape (n_sets, n_components)
            Components that each names, at least one.

        Returns
        -------
        ndarray of float64, shape (n_sets,)
            Base plus marginal costs.
        """
        costs: Floats = self.base + sets @ self.marginal
        return costs


@dataclass(frozen=True, slots=True)
class ComponentCostDraws:
    """The same fitted again for each draw of customers.

    Parameters
    ----------
    base : ndarray of float64, shape (n_draws,)
        Cost of a ticket whatever it names.
    marginal : ndarray of float64, shape (n_draws, n_components)
        What each component adds.
    total : ndarray of float64, shape (n_draws, n_components)
        Cost of all tickets of the draw, split among components by the draw's own base and marginal costs.
    """

    base: Floats
    marginal: Floats
    total: Floats


def fit_component_costs(named: npt.ArrayLike, cost: npt.ArrayLike, cluster: npt.ArrayLike) -> ComponentCosts:
    """Fit what each component adds to the cost of the tickets that name it.

    Least squares of the cost on one indicator a component and a base, with no coefficient below zero: a component
    that made tickets cheaper could not be billed for its share.

    Parameters
    ----------
    named : array_like, shape (n_tickets, n_components)
        Above zero where the ticket names the component; each ticket names at least one.
    cost : array_like of float, shape (n_tickets,)
        Of each ticket, in any unit; may be zero or negative.
    cluster : array_like, shape (n_tickets,)
        Customer of each ticket.

    Returns
    -------
    ComponentCosts
        Coefficients, and sums by customer from which :func:`draw_component_costs` fits again.

    Raises
    ------
    EstimationError
        If a number is missing or infinite; a ticket names no component; there are fewer than 30 customers; or the
        components cannot be told apart from one another (``error.columns`` names them) or from the base, as where all
        tickets name as many.

    Notes
    -----
    Coefficients that may stop at zero are no smooth function of customers' weights: they have no influence that is
    right on both sides of the stop, and the bootstrap's distribution there is not that of the estimate. Intervals are
    percentiles of exact fits to drawn weights: of a single coefficient these are the ends of the interval without the
    bound, moved up to zero, and keep its coverage. ``benchmarks/cost_models.py`` measures it at zero.

    References
    ----------
    .. [1] Lawson and Hanson (1974), Solving Least Squares Problems, chapter 23.
    .. [2] Andrews (2000), Econometrica 68:399-405, on the bootstrap at a bound.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> named = rng.random((4000, 2)) < 0.5
    >>> named[~named.any(axis=1), 0] = True
    >>> cost = 2.0 + named @ [10.0, 3.0] + rng.normal(size=4000)
    >>> fit = fit_component_costs(named, cost, np.arange(4000) // 4)
    >>> bool(np.all(np.abs(fit.marginal - [10.0, 3.0]) < 0.15))
    True
    """
    flags = read_named(named) > 0
    costs = read_vector("cost", cost, flags.shape[0], EstimationError)
    labels, codes = read_codes("cluster", cluster, flags.shape[0], EstimationError)
    if labels.size < LEAST_CUSTOMERS:
        raise EstimationError(f"tickets of {labels.size} customers, needs {LEAST_CUSTOMERS}")
    sets, which = find_sets(flags)
    shape = (labels.size, sets.shape[0])
    sums = TicketSums(
        sets,
        coo_array((np.ones(codes.size), (codes, which)), shape).tocsr(),
        coo_array((costs, (codes, which)), shape).tocsr(),
    )
    beta = _solve(sets, sums.tickets.sum(axis=0), sums.cost.sum(axis=0))
    by_set = np.bincount(which, minlength=sets.shape[0])
    return ComponentCosts(
        base=float(beta[-1]),
        marginal=beta[:-1],
        at_zero=beta == 0.0,
        n_tickets=by_set @ sets,
        n_shared=(by_set * (sets.sum(axis=1) > 1)) @ sets,
        cluster_ids=labels,
        sums=sums,
    )


def draw_component_costs(costs: ComponentCosts, weights: npt.ArrayLike) -> ComponentCostDraws:
    """Fit again with weights of customers, and split the cost of all tickets by each fit.

    Parameters
    ----------
    costs : ComponentCosts
        From :func:`fit_component_costs`.
    weights : array_like of float, shape (n_draws, n_customers)
        Zero or more, with mean one; customers in the order of ``costs.cluster_ids``.

    Returns
    -------
    ComponentCostDraws
        Exact fits, not steps along an influence.

    Raises
    ------
    EstimationError
        If the shape differs or a weight is negative, missing or infinite; or if a draw leaves out so many customers
        that components cannot be told apart: weights that are never zero leave out none.
    """
    drawn = np.asarray(weights, dtype=np.float64)
    if drawn.ndim != 2 or drawn.shape[1] != costs.cluster_ids.size:
        raise EstimationError(f"weights have shape {drawn.shape}, expected (n_draws, {costs.cluster_ids.size})")
    if not np.all(np.isfinite(drawn)) or np.any(drawn < 0):
        raise EstimationError("weights must be zero or more")
    sums = costs.sums
    tickets, cost = (sums.tickets.T @ drawn.T).T, (sums.cost.T @ drawn.T).T
    beta = np.array([_solve(sums.sets, one, paid) for one, paid in zip(tickets, cost, strict=True)])
    beta = beta.reshape(drawn.shape[0], sums.sets.shape[1] + 1)
    shares = np.array([additive_shares(sums.sets, one[:-1], float(one[-1])) for one in beta])
    total = np.einsum("ds,dsk->dk", cost, shares.reshape(drawn.shape[0], *sums.sets.shape))
    return ComponentCostDraws(beta[:, -1], beta[:, :-1], total)


def _solve(sets: Flags, tickets: Floats, cost: Floats) -> Floats:
    """Coefficients, the base last, of tickets summed by the set they name."""
    from scipy.optimize import nnls

    root = np.sqrt(tickets)
    design = np.column_stack((sets, np.ones(sets.shape[0]))).astype(np.float64) * root[:, None]
    _check_told_apart(design)
    mean = np.divide(cost, root, out=np.zeros_like(cost), where=root > 0)
    # Costs within a set change neither the coefficients nor where they stop: only their mean takes part.
    scale = np.sqrt(np.einsum("ij,ij->j", design, design))
    unit = float(np.abs(mean).max())
    if unit == 0.0:
        return np.zeros(scale.size)
    solution, _ = nnls(design / scale, mean / unit)
    beta: Floats = np.asarray(solution, dtype=np.float64) / scale * unit
    return beta


def _check_told_apart(design: Floats) -> None:
    base = design.shape[1] - 1
    try:
        check_columns(design)
    except EstimationError as error:
        columns = tuple(j for j in error.columns if j != base)
        if columns:
            never = not design[:, columns].any()
            reason = "no ticket names it" if never else "tickets never tell it apart from the components before it"
            raise EstimationError(f"{name_columns(columns)}: {reason}", columns) from error
        raise EstimationError(
            "what a ticket costs whatever it names cannot be told apart from what the components add, as where all"
            " tickets name as many"
        ) from error
