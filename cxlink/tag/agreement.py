"""How far the people agree who labelled the same records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxlink.stats import Agreement, EstimationError, fit_alpha
from cxlink.tag.label_sheet import LabelledRecord


@dataclass(frozen=True, slots=True)
class CauseAgreement:
    """How far labellers agree on one cause: Krippendorff's alpha, or why there is none."""

    cause: str
    records: int
    alpha: Agreement | str


def measure_agreement(records: Sequence[LabelledRecord], *, rng: np.random.Generator) -> tuple[CauseAgreement, ...]:
    """Measure how far several people agree, cause by cause.

    Parameters
    ----------
    records : sequence of LabelledRecord
        Of two people or more.
    rng : Generator
        Randomness of the intervals.

    Returns
    -------
    tuple of CauseAgreement
        By name; ``records`` counts those that more than one person read. Empty with one person.
    """
    people = sorted({one.labelled_by for one in records})
    if len(people) < 2:
        return ()
    read: dict[tuple[str, str], dict[str, tuple[str, ...]]] = defaultdict(dict)
    for one in records:
        read[one.record_id, one.table][one.labelled_by] = one.causes
    shared = [by_person for by_person in read.values() if len(by_person) > 1]
    found = []
    for cause in sorted({cause for one in records for cause in one.causes}):
        codes = np.array(
            [[float(cause in by[person]) if person in by else np.nan for person in people] for by in shared]
        ).reshape(-1, len(people))
        try:
            alpha: Agreement | str = fit_alpha(codes, rng=rng)
        except EstimationError as error:
            alpha = error.reason
        found.append(CauseAgreement(cause, len(shared), alpha))
    return tuple(found)
