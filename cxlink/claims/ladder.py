"""The same question asked of customers' answers in several ways, from the weakest comparison to the strongest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxlink.claims.panel import Panel
from cxlink.claims.quantity import Quantity
from cxlink.claims.scale import Scale
from cxlink.estimate import Answer, Estimate, NotEstimable
from cxlink.handoff import Linked, Rung
from cxlink.stats import EstimationError, fit_clustered_ols, fit_kept_columns
from cxlink.stats.monthly_slopes import MonthlySlopes, fit_monthly_slopes
from cxlink.stats.score_reliability import estimate_reliability

MIN_CUSTOMERS = 30
NAIVE, ADJUSTED, WITHIN, CORRECTED, LATER, OUT_OF_TIME = (
    "between customers",
    "between customers, adjusted",
    "within customers",
    "within customers, corrected",
    "later outcome, adjusted",
    "second half of the time",
)
SAYS = {
    NAIVE: "Customers with high scores beside those with low ones, as they are now. What else sets them apart, and what"
    " came before the score, is all in it: it is mostly how such claims are computed.",
    ADJUSTED: "The same among customers of like attributes and tenure.",
    WITHIN: "Each customer beside itself at another answer. Chance in single answers makes it too small.",
    CORRECTED: "The same, less what chance in single answers takes off.",
    LATER: "What came after the answer, among customers of like attributes, tenure, season and price before it.",
    OUT_OF_TIME: "The same on answers of the second half of the window alone.",
}
NO_PRICES = NotEstimable("no revenue by month is known", "recurring charges in revenue")


@dataclass(frozen=True, slots=True)
class Climbed:
    """A rung and what it is made of; ``quantity`` is None where it is refused."""

    rung: Rung
    quantity: Quantity | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Regressions of what came after answers on these answers.

    Parameters
    ----------
    linked : Linked
        Timelines.
    panel : Panel
        Answers and what came after.
    scale : Scale
        Of the claim.
    weights : ndarray
        (n_draws, n_customers) customer weights with mean one.
    """

    linked: Linked
    panel: Panel
    scale: Scale
    weights: np.ndarray

    def climb(self) -> list[Climbed]:
        """Estimate every rung that rests on answers.

        Returns
        -------
        list of Climbed
            From the weakest to the strongest.
        """
        ways: tuple[tuple[str, Callable[[], Quantity]], ...] = (
            (NAIVE, lambda: self._between(adjusted=False)),
            (ADJUSTED, lambda: self._between(adjusted=True)),
            (WITHIN, self._within),
            (CORRECTED, self._corrected),
            (LATER, self._later),
            (OUT_OF_TIME, self._second_half),
        )
        return [self._rung(name, way) for name, way in ways]

    def _rung(self, name: str, way: Callable[[], Quantity]) -> Climbed:
        says = SAYS[name]
        refusal = self._refusal()
        if refusal is not None:
            return Climbed(Rung(name, refusal, says), None)
        try:
            quantity = way()
        except EstimationError as error:
            return Climbed(Rung(name, NotEstimable(error.reason, "more answers of known customers"), says), None)
        answer: Answer = quantity.answer(self.scale.unit, f"regression {name}, clustered by customer")
        if name == WITHIN and isinstance(answer, Estimate) and not answer.low <= 0 <= answer.high:
            says += self._reverse()
        elif name == OUT_OF_TIME:
            says += self._beside_first_half()
        return Climbed(Rung(name, answer, says), quantity)

    def _refusal(self) -> NotEstimable | None:
        if self.scale.claim.outcome == "cost":
            return NotEstimable("cost to serve is not followed by answer", "")
        if self.scale.claim.lever == "retention":
            return NotEstimable("it does not start from a score", "")
        n = len(np.unique(self.panel.customer))
        if n < MIN_CUSTOMERS:
            return NotEstimable(
                f"{n} customers with a score are known, needs {MIN_CUSTOMERS}", "customer_id or email in feedback"
            )
        if not self.scale.is_leaving:
            return self.linked.money_refusal or (None if self.panel.has_prices else NO_PRICES)
        return self.linked.churn_refusal

    # what comes after

    @property
    def outcome(self) -> np.ndarray:
        """What happened in each month after the answer, (n, n_months)."""
        return self.panel.left.astype(float) if self.scale.is_leaving else self.panel.revenue

    @property
    def followed(self) -> np.ndarray:
        """For how many months that is known, (n,)."""
        return self.panel.left_followed if self.scale.is_leaving else self.panel.revenue_followed

    def later_design(self) -> np.ndarray:
        """Columns of the regression of later outcomes, the score first.

        Returns
        -------
        ndarray
            (n, n_columns).
        """
        panel = self.panel
        first = [panel.value, np.ones(len(panel.value)), panel.columns]
        return np.column_stack([*first, *([] if self.scale.is_leaving else [panel.price]), panel.quarters])

    def _quantity(self, X: np.ndarray, followed: np.ndarray, rows: np.ndarray, *, within: bool = False) -> Quantity:
        if not rows.any():
            raise EstimationError("no answer was given in that time")
        outcome, who = self.outcome[rows], self.panel.customer[rows]
        fit = fit_monthly_slopes(X[rows], outcome, followed[rows], who, within=within)
        mean = fit_monthly_slopes(np.ones((len(who), 1)), outcome, followed[rows], who)
        if fit.n_last < MIN_CUSTOMERS:
            months = outcome.shape[1]
            raise EstimationError(f"{fit.n_last} answers are {months} months old, needs {MIN_CUSTOMERS}")
        top, bottom = self.scale.of_slope(*(np.append(one.beta[0], self._drawn(one)) for one in (fit, mean)))
        n = int(fit.influence[:, 0].astype(bool).sum())
        return Quantity(top[0], top[1:], bottom[0], bottom[1:], n, int(rows.sum()))

    def _drawn(self, fit: MonthlySlopes) -> np.ndarray:
        drawn: np.ndarray = fit.beta[0] + (self.weights[:, fit.cluster_ids] - 1.0) @ fit.influence[:, 0]
        return drawn

    def _all(self) -> np.ndarray:
        return np.ones(len(self.panel.value), dtype=bool)

    def _later(self) -> Quantity:
        return self._quantity(self.later_design(), self.followed, self._all())

    def _middle(self) -> float:
        return (self.linked.from_day + self.linked.to_day) / 2

    def _second_half(self) -> Quantity:
        return self._quantity(self.later_design(), self.followed, self.panel.day > self._middle())

    def _beside_first_half(self) -> str:
        """How the slope learnt on the first half alone compares, told by what was known by its end."""
        rows = self.panel.day <= self._middle()
        known = np.minimum(self.followed, np.floor((self._middle() - self.panel.day) * 12 / 365.25))
        try:
            first = self._quantity(self.later_design(), known, rows)
            second = self._second_half()
        except EstimationError:
            return " The first half is too short to foretell it."
        gap = second.top / second.bottom - first.top / first.bottom
        spread = (second.top_draws / second.bottom_draws - first.top_draws / first.bottom_draws).std(ddof=1)
        agrees = "agrees with" if abs(gap) <= 1.96 * spread else "differs from"
        return f" It {agrees} the first half's, {first.point:.3g}."

    def _within(self) -> Quantity:
        panel = self.panel
        X = np.column_stack([panel.value, panel.columns[:, -2:], panel.quarters])
        return self._quantity(X, self.followed, self._all(), within=True)

    def _corrected(self) -> Quantity:
        panel, within = self.panel, self._within()
        reliability = estimate_reliability(panel.value, panel.day, panel.customer)
        ids = np.unique(panel.customer)
        drawn = []
        for row in self.weights:
            try:
                drawn.append(estimate_reliability(panel.value, panel.day, panel.customer, row[ids]).within)
            except EstimationError:
                drawn.append(0.0)
        share = np.array(drawn)
        return Quantity(
            within.top,
            within.top_draws,
            within.bottom * reliability.within,
            within.bottom_draws * share,
            within.n,
            within.events,
        )

    def _reverse(self) -> str:
        """The slope if all that the outcome varies by chance were chance in the score."""
        old = self.followed >= self.outcome.shape[1]
        who = self.panel.customer[old]
        frame = np.column_stack([self.panel.value[old], self.outcome[old].sum(axis=1)])
        size = np.bincount(who)
        means = np.column_stack([np.bincount(who, column) / np.maximum(size, 1) for column in frame.T])
        x, y = (frame - means[who]).T
        both = float(x @ y)
        if both == 0:
            return ""
        mean = np.array([frame[:, 1].mean()])
        top, bottom = self.scale.of_slope(np.array([float(y @ y) / both]), mean)
        return f" Never beyond {top[0] / bottom[0]:.3g} (regression of score on outcome, turned round)."

    # between customers, at the cut-off

    def _between(self, *, adjusted: bool) -> Quantity:
        panel, customers = self.panel, self.linked.customers
        who, codes = np.unique(panel.customer, return_inverse=True)
        score = np.bincount(codes, panel.value) / np.bincount(codes)
        people = customers.iloc[who]
        if self.scale.is_leaving:
            outcome = (people["event"] == 1).to_numpy(dtype=float)
        else:
            paid = people["monthly_price"].fillna(0.0).to_numpy(dtype=float) * people["active"].to_numpy(dtype=float)
            outcome = self.scale.months * paid
        X = np.column_stack([score, np.ones(len(who))])
        if adjusted:
            tenure = np.log1p(np.maximum(self.linked.to_day - people["acquired_day"].to_numpy(dtype=float), 0.0))
            X = np.column_stack([X, self.linked.covariates[who], tenure])
        fit, kept = fit_kept_columns(lambda columns: fit_clustered_ols(columns, outcome, cluster=who), X)
        if not kept[0]:
            raise EstimationError("scores do not differ between customers")
        by_draw = self.weights[:, who] - 1.0
        mean = outcome.mean()
        means = mean + by_draw @ (outcome - mean) / len(outcome)
        slopes = fit.beta[0] + by_draw @ fit.influence[:, 0]
        top, bottom = self.scale.of_slope(np.append(fit.beta[0], slopes), np.append(mean, means))
        return Quantity(top[0], top[1:], bottom[0], bottom[1:], len(who), len(panel.value))
