"""Who leaves, when, and what raises the risk."""

from cxlink.churn.orders import fit_gaps, fit_orders, read_orders
from cxlink.churn.stage import compare_forms, fit_churn
from cxlink.churn.validate import validate_churn

__all__ = ["compare_forms", "fit_churn", "fit_gaps", "fit_orders", "read_orders", "validate_churn"]
