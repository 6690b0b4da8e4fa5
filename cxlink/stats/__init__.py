"""Estimators: arrays in, frozen results out."""

from cxlink.stats.aalen_johansen import CumulativeIncidence, aalen_johansen
from cxlink.stats.baseline import BaselineHazard, baseline_hazard
from cxlink.stats.clustered_ols import ClusteredFit, fit_clustered_ols, fit_poisson
from cxlink.stats.cox import CoxFit, fit_cox
from cxlink.stats.dropping import find_partners, fit_kept_columns
from cxlink.stats.errors import CoxError, EstimationError
from cxlink.stats.kaplan_meier import SurvivalCurve, kaplan_meier

__all__ = [
    "BaselineHazard",
    "ClusteredFit",
    "CoxError",
    "CoxFit",
    "CumulativeIncidence",
    "EstimationError",
    "SurvivalCurve",
    "aalen_johansen",
    "baseline_hazard",
    "find_partners",
    "fit_clustered_ols",
    "fit_cox",
    "fit_kept_columns",
    "fit_poisson",
    "kaplan_meier",
]
