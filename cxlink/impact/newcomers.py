"""New customers, projected from the day of their acquisition, beside existing ones."""

from __future__ import annotations

import numpy as np

from cxlink.handoff import ChurnFit, CustomerGroups, Linked, Loaded
from cxlink.impact.answers import Drawn
from cxlink.impact.cohorts import Parted, Worth, compare_groups
from cxlink.impact.gcomp import FUTURES, Fits, Projector
from cxlink.impact.groups import Recent
from cxlink.impact.population import Base
from cxlink.impact.project import Projection
from cxlink.parallel import in_order
from cxlink.settings import Settings

MOST_NEWCOMERS = 1000
"""New customers that are projected where more were acquired."""


def compare_existing_and_new(
    linked: Linked,
    loaded: Loaded,
    churn: ChurnFit,
    settings: Settings,
    parted: Parted,
    fits: Fits,
    base: Base,
    projected: Projection,
    weights: np.ndarray,
    rng: np.random.Generator,
) -> CustomerGroups:
    """Put existing customers beside new ones.

    Parameters
    ----------
    linked, loaded : Linked, Loaded
        Timelines, and the tickets.
    churn : ChurnFit
        For what it refuses.
    settings : Settings
        Finance and horizon.
    parted : Parted
        Groups of customers.
    fits : Fits
        Everything that was fitted.
    base : Base
        The active customers.
    projected : Projection
        What each group of them brings.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    rng : Generator
        For the new customers and their futures.

    Returns
    -------
    CustomerGroups
        An answer or a refusal in every cell.
    """
    new = build_newcomers(linked, base, parted.recent, most=MOST_NEWCOMERS, rng=rng)
    worth = Worth(
        held=projected.point.held,
        held_draws=np.array([one.held for one in projected.draws]),
        new=_project_newcomers(new, fits, settings, weights, rng, loaded.engine.threads),
        new_customers=len(new.customer),
    )
    return compare_groups(
        linked,
        loaded,
        parted,
        worth,
        settings.finance,
        currency=settings.project.currency,
        horizon_months=settings.model.horizon_months,
        no_churn=churn.refusal,
        weights=weights,
    )


def build_newcomers(linked: Linked, base: Base, recent: Recent, *, most: int, rng: np.random.Generator) -> Base:
    """New customers like those acquired in the last year, on the day of their acquisition.

    Whoever left since is among them; their price is what the attributes of those who stayed let expect.

    Parameters
    ----------
    linked : Linked
        Timelines.
    base : Base
        The active customers, for the price and its period.
    recent : Recent
        The last year.
    most : int
        More are sampled.
    rng : Generator
        For the sample.

    Returns
    -------
    Base
        Without a customer where nobody was acquired, or no price of those is known.
    """
    new = recent.customer[recent.begins == 0]
    price = linked.customers["monthly_price"].to_numpy(float)[new]
    covered = linked.customers["covered_months"].to_numpy(float)[new]
    design = np.column_stack([np.ones(len(new)), linked.covariates[new]])
    known = ~np.isnan(price)
    if known.any():
        slopes, _, _, _ = np.linalg.lstsq(design[known], price[known], rcond=None)
        price = np.where(known, price, np.clip(design @ slopes, 0.0, None))
    chosen = np.arange(len(new)) if known.any() else np.arange(0)
    if len(chosen) > most:
        chosen = np.sort(rng.choice(len(new), most, replace=False))
    return Base(
        customer=new[chosen],
        tenure=np.zeros(len(chosen)),
        price=price[chosen],
        covariates=linked.covariates[new[chosen]],
        covered_months=np.maximum(np.nan_to_num(covered[chosen], nan=1.0), 1.0),
        residual=np.zeros((len(linked.components), len(chosen))),
        end_rate=base.end_rate,
        weight=np.ones(len(chosen)),
        groups=np.zeros((0, len(chosen)), dtype=bool),
        segments=np.zeros((0, len(chosen)), dtype=bool),
    )


def _project_newcomers(
    new: Base, fits: Fits, settings: Settings, weights: np.ndarray, rng: np.random.Generator, threads: int
) -> Drawn:
    """Discounted revenue of one new customer: they are drawn from those to come, so each draw weighs them anew."""
    if not len(new.customer):
        return Drawn(0.0, np.zeros(len(weights)))
    projector = Projector(
        new,
        fits,
        n_months=settings.model.horizon_months,
        exposure_days=settings.model.exposure_days,
        discount_rate=settings.finance.discount_rate,
        rng=rng,
    )
    point = float(np.mean([projector.revenue(None, rng).mean() for _ in range(FUTURES)]))
    expected = float(projector.revenue(None).mean())
    drawn = in_order(projector.revenue, range(len(weights)), threads + 1)
    means = [np.average(one, weights=weight) for one, weight in zip(drawn, weights[:, new.customer], strict=True)]
    return Drawn(point, np.array(means) + point - expected)
