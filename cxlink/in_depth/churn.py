"""The churn stage, in depth."""

from __future__ import annotations

from cxlink.churn import fit_churn, fit_gaps, fit_orders, read_orders, validate_churn
from cxlink.currencies import exponent_of
from cxlink.estimate import NotEstimable
from cxlink.handoff import ChurnFit, GapFit, OrderFit, Validation
from cxlink.pipeline import LinkedData, start_draws
from cxlink.settings import Settings

VALIDATION_DRAWS = 500


def fit_churn_alone(settings: Settings, data: LinkedData, seed: int | None) -> ChurnFit:
    """Fit churn in depth, without what comes after it.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    seed : int or None
        Seed that overrides the configuration's.

    Returns
    -------
    ChurnFit
        With scores and other forms of exposure.
    """
    draws = start_draws(settings, seed, len(data.linked.customers))
    return fit_churn(data.linked, data.loaded, settings, weights=draws.weights, in_depth=True)


def validate_alone(settings: Settings, data: LinkedData, seed: int | None) -> tuple[Validation, ...] | NotEstimable:
    """Judge predictions from 3, 6 and 12 months ago.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`.
    seed : int or None
        Seed that overrides the configuration's.

    Returns
    -------
    tuple of Validation, or NotEstimable
        Why churn is not estimable.
    """
    if data.linked.churn_refusal is not None:
        return data.linked.churn_refusal
    draws = start_draws(settings, seed, len(data.linked.customers))
    days = settings.model.exposure_days
    return validate_churn(data.linked, exposure_days=days, n_replicates=VALIDATION_DRAWS, rng=draws.for_validation)


def fit_orders_alone(
    settings: Settings, data: LinkedData, seed: int | None, *, gap_days: int | None
) -> tuple[OrderFit, tuple[GapFit, ...]]:
    """Describe the orders of customers who buy order by order.

    Parameters
    ----------
    settings : Settings
        The configuration.
    data : LinkedData
        Of :func:`load_and_link`; its engine must be open.
    seed : int or None
        Seed that overrides the configuration's.
    gap_days : int or None
        Silence that is to count as an end; None: none does.

    Returns
    -------
    OrderFit, and tuple of GapFit
        The second empty without a gap.
    """
    days, divisor = settings.model.exposure_days, 10 ** exponent_of(settings.project.currency)
    orders = read_orders(data.loaded)
    rng = start_draws(settings, seed, len(data.linked.customers)).for_futures
    gaps = () if gap_days is None else fit_gaps(data.linked, orders, gap_days=gap_days, exposure_days=days)
    return fit_orders(data.linked, orders, exposure_days=days, divisor=divisor, rng=rng), gaps
