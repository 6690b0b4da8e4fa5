"""The part of the hand-off that the churn stage reads."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cxlink.handoff import LabelledIncidents


@dataclass(frozen=True)
class Timelines:
    """Customers and incidents, without attributes."""

    customers: pd.DataFrame
    incidents: pd.DataFrame
    from_day: int
    to_day: int
    components: tuple[str, ...] = ("delivery",)
    covariate_names: tuple[str, ...] = ()
    churn_refusal: object = None
    labelled: LabelledIncidents | None = None
    promises: pd.DataFrame | None = None
    covariates: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "covariates", np.zeros((len(self.customers), len(self.covariate_names))))
