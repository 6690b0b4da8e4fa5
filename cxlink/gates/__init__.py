"""Conditions that a run's results must meet: their grammar, the names they look up, and whether they hold.

Knows plain dicts only: ``results.json`` as it is written, and its JSON Schema.
"""

from cxlink.gates.check import check_rules
from cxlink.gates.evaluate import Outcome, Status, judge_rules
from cxlink.gates.grammar import Rule, read_rules

__all__ = ["Outcome", "Rule", "Status", "check_rules", "judge_rules", "read_rules"]
