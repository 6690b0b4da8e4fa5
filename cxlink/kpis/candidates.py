"""Which scores there are to be compared, and in what forms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlink.handoff import Linked
from cxlink.handoff.kpis import Form

GENERAL = ("nps", "csat", "ces")
RATING = "rating_"
DETRACTOR, PROMOTER = 6, 9
"""The highest score of a detractor, and the lowest of a promoter."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A KPI in one form."""

    kpi: str
    form: Form

    def columns(self, score: np.ndarray) -> np.ndarray:
        """Put known scores into columns.

        Parameters
        ----------
        score : ndarray
            (n,) answers.

        Returns
        -------
        ndarray
            (n, 1) the score, or (n, 2) whether a detractor and whether a promoter.
        """
        if self.form == "score":
            return score[:, None].astype(float)
        return np.column_stack([score <= DETRACTOR, score >= PROMOTER]).astype(float)


def list_candidates(scores: pd.DataFrame) -> tuple[Candidate, ...]:
    """List the KPIs and their forms.

    Parameters
    ----------
    scores : DataFrame
        Of :func:`read_scores`.

    Returns
    -------
    tuple of Candidate
        NPS in both forms, every other one as it is.
    """
    found = []
    for name in scores.columns[2:]:
        found.append(Candidate(name, "score"))
        if name == "nps":
            found.append(Candidate(name, "classes"))
    return tuple(found)


def read_scores(linked: Linked, most: int) -> pd.DataFrame:
    """Scores of known customers, one row an answer.

    Parameters
    ----------
    linked : Linked
        With answers.
    most : int
        Of more customers who answered, every second, third and so on is taken.

    Returns
    -------
    DataFrame
        Columns customer, day, then one a KPI that anybody gave, NaN where an answer does not: NPS, CSAT and CES,
        ratings of touchpoints, and the commonest of the three in answers about an event of each component, where
        answers differ in what they are about. By day.
    """
    rows = linked.responses.loc[linked.responses["customer"] >= 0]
    names = [*GENERAL, *(name for name in rows.columns if name.startswith(RATING))]
    found = pd.DataFrame({"customer": rows["customer"], "day": rows["responded_day"]})
    for name in names:
        found[name] = rows[name]
    main = max(GENERAL, key=lambda name: int(rows[name].notna().sum()))
    about = rows["event_component"]
    if len(about.drop_duplicates()) > 1:
        for component in sorted(about.dropna().unique()):
            found[f"{main} about {component}"] = rows[main].where(about == component)
    kept = [name for name in found.columns[2:] if found[name].notna().any()]
    found = found[["customer", "day", *kept]]
    found = found.loc[found[kept].notna().any(axis=1)]
    customers = np.unique(found["customer"])
    if len(customers) > most:
        found = found.loc[found["customer"].isin(customers[:: -(-len(customers) // most)])]
    return found.sort_values("day", kind="stable").reset_index(drop=True)
