"""Link customer feedback to churn, revenue and the cost of serving."""

__version__ = "0.1.0"
