"""Whose future is projected: the customers active at the cut-off."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxlink.handoff import Linked
from cxlink.impact.sampling import draw_customers


@dataclass(frozen=True, slots=True)
class Base:
    """The active customers at the cut-off.

    Parameters
    ----------
    customer : ndarray
        (n_active,) keys.
    tenure, price : ndarray
        (n_active,) days at the cut-off, and monthly price (0 where unknown).
    covariates : ndarray
        (n_active, n_covariates).
    covered_months : ndarray
        (n_active,) months that one charge covers; 1 where unknown.
    residual : ndarray
        (n_components, n_active) days after the cut-off on which earlier incidents still act.
    end_rate : float
        Ends of any kind a day at risk, over the observed window; for data that no hazard can be fitted to.
    weight : ndarray
        (n_active,) how many customers each stands for.
    groups : ndarray
        (n_groups, n_active) bool: whose revenue as is is told; a customer may be in several groups, or in none.
    segments : ndarray
        (n_segments, n_active) bool: for whom gains are told apart; a customer may be in several, or in none.
    """

    customer: np.ndarray
    tenure: np.ndarray
    price: np.ndarray
    covariates: np.ndarray
    covered_months: np.ndarray
    residual: np.ndarray
    end_rate: float
    weight: np.ndarray
    groups: np.ndarray
    segments: np.ndarray

    def sample(self, n: int, rng: np.random.Generator) -> Base:
        """Draw some of the customers, those alike side by side.

        Parameters
        ----------
        n : int
            About how many.
        rng : Generator
            Randomness.

        Returns
        -------
        Base
            The same object where there are no more.
        """
        if n >= len(self.customer):
            return self
        order = np.lexsort((self.tenure, (self.residual > 0).sum(axis=0)))
        weight = draw_customers(self.price, order, n, rng)
        kept = np.flatnonzero(weight)
        return replace(
            self,
            customer=self.customer[kept],
            tenure=self.tenure[kept],
            price=self.price[kept],
            covariates=self.covariates[kept],
            covered_months=self.covered_months[kept],
            residual=self.residual[:, kept],
            weight=weight[kept],
            groups=self.groups[:, kept],
            segments=self.segments[:, kept],
        )


def build_base(
    linked: Linked, exposure_days: int, groups: np.ndarray | None = None, segments: np.ndarray | None = None
) -> Base:
    """Gather the active customers and what still acts on them.

    Parameters
    ----------
    linked : Linked
        Timelines.
    exposure_days : int
        How long an incident acts.
    groups : ndarray, optional
        (n_groups, n_active) bool: whose revenue as is is told; no group where absent.
    segments : ndarray, optional
        (n_segments, n_active) bool: for whom gains are told apart; no segment where absent.

    Returns
    -------
    Base
        In the order of the key.
    """
    active = linked.customers.loc[linked.customers["active"]]
    spells = linked.customers.loc[linked.customers["at_risk"]]
    keys = active["customer"].to_numpy()
    residual = np.zeros((len(linked.components), len(keys)))
    for place, name in enumerate(linked.components):
        rows = linked.incidents.loc[linked.incidents["component"] == name]
        latest = rows.groupby("customer")["incident_day"].max()
        last = latest.reindex(keys).to_numpy(dtype=float)
        residual[place] = np.clip(np.nan_to_num(last + exposure_days - linked.to_day, nan=0.0), 0.0, None)
    return Base(
        customer=keys,
        tenure=active["tenure"].to_numpy(dtype=float),
        price=np.nan_to_num(active["monthly_price"].to_numpy(dtype=float)),
        covariates=linked.covariates[keys],
        covered_months=np.maximum(np.nan_to_num(active["covered_months"].to_numpy(dtype=float), nan=1.0), 1.0),
        residual=residual,
        end_rate=float((spells["event"] > 0).sum() / max((spells["stop"] - spells["start"]).sum(), 1)),
        weight=np.ones(len(keys)),
        groups=np.zeros((0, len(keys)), dtype=bool) if groups is None else groups,
        segments=np.zeros((0, len(keys)), dtype=bool) if segments is None else segments,
    )
