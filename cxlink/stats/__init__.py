"""Estimators: arrays in, frozen results out."""

from cxlink.stats.a_calibration import ACalibration, a_calibration
from cxlink.stats.aalen_johansen import CumulativeIncidence, aalen_johansen
from cxlink.stats.aft import AftFit, fit_aft
from cxlink.stats.agreement import Agreement, fit_alpha
from cxlink.stats.baseline import BaselineHazard, baseline_hazard
from cxlink.stats.bg_nbd import BgNbd, fit_bg_nbd
from cxlink.stats.brier import BrierScore, brier_score
from cxlink.stats.calibration import (
    CalibrationCurve,
    CalibrationLine,
    CalibrationTable,
    ObservedExpected,
    calibration_curve,
    calibration_line,
    calibration_table,
    observed_over_expected,
)
from cxlink.stats.censored_median import CensoredMedian, censored_median
from cxlink.stats.censoring import CensoringCurve, censoring_distribution, ipcw_weights
from cxlink.stats.class_shares import ClassShares, expectation_maximisation
from cxlink.stats.cloglog import CloglogFit, fit_cloglog
from cxlink.stats.clustered_ols import ClusteredFit, fit_clustered_ols, fit_poisson
from cxlink.stats.cox import CoxFit, fit_cox
from cxlink.stats.cox_bootstrap import bootstrap_cox
from cxlink.stats.debias import Debiased, Influenced, debias
from cxlink.stats.discrimination import auc_at_horizon, harrell_concordance, uno_concordance
from cxlink.stats.dropping import find_partners, fit_kept_columns
from cxlink.stats.errors import CoxError, EstimationError
from cxlink.stats.event_path import EventPath, follow_first_event
from cxlink.stats.forward_gain import ForwardGain, amount_losses, leaving_losses, predict_forward, share_gained
from cxlink.stats.gamma_gamma import GammaGamma, GammaGammaFit, fit_gamma_gamma
from cxlink.stats.group_panel import RateChange, compare_rates
from cxlink.stats.hidden_trend import breakdown_trend
from cxlink.stats.kaplan_meier import SurvivalCurve, kaplan_meier
from cxlink.stats.label_shift import AdjustedCount, adjusted_count
from cxlink.stats.log_score import log_scores
from cxlink.stats.mean_models import fit_log_mean, fit_logit
from cxlink.stats.multiplicity import adjust_holm
from cxlink.stats.pareto_nbd import ParetoNbd, fit_pareto_nbd
from cxlink.stats.predicted_incidence import cumulative_incidence
from cxlink.stats.prevalence import DifferenceEstimate, Prevalence, difference_estimate
from cxlink.stats.proportional_hazards import ProportionalityTest, ScoreTest, check_proportionality
from cxlink.stats.purchases import PurchaseFit
from cxlink.stats.reason_weights import LogOddsRatios, NamedShares, log_odds_ratios, named_shares
from cxlink.stats.recurrent import RecurrentRows, build_recurrent_rows
from cxlink.stats.resampling import BootstrapInterval, bootstrap_clusters, draw_cluster_weights
from cxlink.stats.restricted_mean import RestrictedMean, TimeLost, restricted_mean, time_lost
from cxlink.stats.shares import ClusteredSums, ShareInterval, clustered_share
from cxlink.stats.shrinkage import Shrunken, shrink
from cxlink.stats.tag_accuracy import (
    Calibration,
    Measure,
    Measured,
    NotMeasured,
    Scores,
    TagAccuracy,
    TagScores,
    estimate_tag_accuracy,
)
from cxlink.stats.variance_components import VarianceComponents, variance_components
from cxlink.stats.within_panel import WithinFit, fit_within

__all__ = [
    "ACalibration",
    "AdjustedCount",
    "AftFit",
    "Agreement",
    "BaselineHazard",
    "BgNbd",
    "BootstrapInterval",
    "BrierScore",
    "Calibration",
    "CalibrationCurve",
    "CalibrationLine",
    "CalibrationTable",
    "CensoredMedian",
    "CensoringCurve",
    "ClassShares",
    "CloglogFit",
    "ClusteredFit",
    "ClusteredSums",
    "CoxError",
    "CoxFit",
    "CumulativeIncidence",
    "Debiased",
    "DifferenceEstimate",
    "EstimationError",
    "EventPath",
    "ForwardGain",
    "GammaGamma",
    "GammaGammaFit",
    "Influenced",
    "LogOddsRatios",
    "Measure",
    "Measured",
    "NamedShares",
    "NotMeasured",
    "ObservedExpected",
    "ParetoNbd",
    "Prevalence",
    "ProportionalityTest",
    "PurchaseFit",
    "RateChange",
    "RecurrentRows",
    "RestrictedMean",
    "ScoreTest",
    "Scores",
    "ShareInterval",
    "Shrunken",
    "SurvivalCurve",
    "TagAccuracy",
    "TagScores",
    "TimeLost",
    "VarianceComponents",
    "WithinFit",
    "a_calibration",
    "aalen_johansen",
    "adjust_holm",
    "adjusted_count",
    "amount_losses",
    "auc_at_horizon",
    "baseline_hazard",
    "bootstrap_clusters",
    "bootstrap_cox",
    "breakdown_trend",
    "brier_score",
    "build_recurrent_rows",
    "calibration_curve",
    "calibration_line",
    "calibration_table",
    "censored_median",
    "censoring_distribution",
    "check_proportionality",
    "clustered_share",
    "compare_rates",
    "cumulative_incidence",
    "debias",
    "difference_estimate",
    "draw_cluster_weights",
    "estimate_tag_accuracy",
    "expectation_maximisation",
    "find_partners",
    "fit_aft",
    "fit_alpha",
    "fit_bg_nbd",
    "fit_cloglog",
    "fit_clustered_ols",
    "fit_cox",
    "fit_gamma_gamma",
    "fit_kept_columns",
    "fit_log_mean",
    "fit_logit",
    "fit_pareto_nbd",
    "fit_poisson",
    "fit_within",
    "follow_first_event",
    "harrell_concordance",
    "ipcw_weights",
    "kaplan_meier",
    "leaving_losses",
    "log_odds_ratios",
    "log_scores",
    "named_shares",
    "observed_over_expected",
    "predict_forward",
    "restricted_mean",
    "share_gained",
    "shrink",
    "time_lost",
    "uno_concordance",
    "variance_components",
]
