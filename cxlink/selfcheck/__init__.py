"""Companies drawn from a run's own fitted parts, and how often the run's own estimators are right about them."""

from cxlink.selfcheck.study import Setup, check_companies, prepare
from cxlink.selfcheck.summary import summarise

__all__ = ["Setup", "check_companies", "prepare", "summarise"]
