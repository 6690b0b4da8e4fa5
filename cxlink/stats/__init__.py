"""Estimators: arrays in, frozen results out."""

from cxlink.stats.aalen_johansen import CumulativeIncidence, aalen_johansen
from cxlink.stats.baseline import BaselineHazard, baseline_hazard
from cxlink.stats.clustered_ols import ClusteredFit, fit_clustered_ols, fit_poisson
from cxlink.stats.cox import CoxFit, fit_cox
from cxlink.stats.cox_bootstrap import bootstrap_cox, draw_cluster_counts
from cxlink.stats.dropping import find_partners, fit_kept_columns
from cxlink.stats.errors import CoxError, EstimationError
from cxlink.stats.kaplan_meier import SurvivalCurve, kaplan_meier
from cxlink.stats.proportional_hazards import ProportionalityTest, ScoreTest, check_proportionality
from cxlink.stats.restricted_mean import RestrictedMean, TimeLost, restricted_mean, time_lost

__all__ = [
    "BaselineHazard",
    "ClusteredFit",
    "CoxError",
    "CoxFit",
    "CumulativeIncidence",
    "EstimationError",
    "ProportionalityTest",
    "RestrictedMean",
    "ScoreTest",
    "SurvivalCurve",
    "TimeLost",
    "aalen_johansen",
    "baseline_hazard",
    "bootstrap_cox",
    "check_proportionality",
    "draw_cluster_counts",
    "find_partners",
    "fit_clustered_ols",
    "fit_cox",
    "fit_kept_columns",
    "fit_poisson",
    "kaplan_meier",
    "restricted_mean",
    "time_lost",
]
