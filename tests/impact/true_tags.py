"""Tags as somebody would give them who makes no mistake."""

from __future__ import annotations

import numpy as np

from cxlink.handoff import Tagged
from cxlink.simulate import Company


def true_tags(company: Company) -> Tagged:
    """Tags by the company's own labels: complaints, and tickets that only announce leaving."""
    labels = company.labels.loc[company.labels["kind"].isin(["complaint", "cancellation"])]
    tags = labels[["record_id", "table", "component", "cause"]].assign(
        intent=np.where(labels["kind"] == "cancellation", "cancel", ""), evidence="words", source="text", rule=""
    )
    return Tagged(tags.loc[tags["component"].notna()], "truth", "0", ())
