"""Who leaves, when, and what raises the risk."""

from cxlink.churn.gaps import fit_gaps
from cxlink.churn.orders import fit_orders, read_orders
from cxlink.churn.stage import fit_churn
from cxlink.churn.validate import validate_churn

__all__ = ["fit_churn", "fit_gaps", "fit_orders", "read_orders", "validate_churn"]
