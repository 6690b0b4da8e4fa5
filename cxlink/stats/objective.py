"""What a Cox fit climbs: the partial likelihood, alone or with a penalty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from cxlink.stats.arrays import Floats
from cxlink.stats.cox_design import CoxDesign
from cxlink.stats.partial_likelihood import LikelihoodPoint, evaluate, log_likelihood_at

FIRTH_STEP = 1e-4
"""Step of the central differences of the information, in standard deviations; their error is near 1e-8."""


class Objective(Protocol):
    """A concave function of the standardised coefficients."""

    @property
    def design(self) -> CoxDesign:
        """Rows in use."""
        ...

    def evaluate(self, beta: Floats) -> LikelihoodPoint | None:
        """Value, gradient and information.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        LikelihoodPoint or None
            None where the likelihood underflows.
        """
        ...

    def value_at(self, beta: Floats) -> float:
        """Value alone.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        float
            Minus infinity where it underflows.
        """
        ...


@dataclass(frozen=True, slots=True)
class PlainLikelihood:
    """The partial likelihood.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    """

    design: CoxDesign

    def evaluate(self, beta: Floats) -> LikelihoodPoint | None:
        """Value, gradient and information.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        LikelihoodPoint or None
            None where the likelihood underflows.
        """
        return evaluate(self.design, beta)

    def value_at(self, beta: Floats) -> float:
        """Value alone.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        float
            Minus infinity where it underflows.
        """
        return log_likelihood_at(self.design, beta)


@dataclass(frozen=True, slots=True)
class RidgeLikelihood:
    """The partial likelihood less ``sum(penalty * beta**2) / 2``.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.
    penalty : ndarray of float64, shape (n_columns,)
        Of the standardised coefficients, zero or more.
    """

    design: CoxDesign
    penalty: Floats

    def evaluate(self, beta: Floats) -> LikelihoodPoint | None:
        """Value, gradient and information, the penalty in all of them.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        LikelihoodPoint or None
            None where the likelihood underflows.
        """
        point = evaluate(self.design, beta)
        if point is None:
            return None
        return replace(
            point,
            log_likelihood=point.log_likelihood - self._loss(beta),
            gradient=point.gradient - self.penalty * beta,
            information=point.information + np.diag(self.penalty),
            second_moment=point.second_moment + self.penalty,
        )

    def value_at(self, beta: Floats) -> float:
        """Value alone.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        float
            Minus infinity where it underflows.
        """
        return log_likelihood_at(self.design, beta) - self._loss(beta)

    def _loss(self, beta: Floats) -> float:
        return float(self.penalty @ beta**2) / 2


@dataclass(frozen=True, slots=True)
class FirthLikelihood:
    """The partial likelihood plus half the log determinant of its information, which keeps every coefficient finite.

    Parameters
    ----------
    design : CoxDesign
        Rows in use.

    References
    ----------
    .. [1] Firth (1993), Biometrika 80:27-38; for Cox models Heinze and Schemper (2001), Biometrics 57:114-119.
    """

    design: CoxDesign

    def evaluate(self, beta: Floats) -> LikelihoodPoint | None:
        """Value, gradient and the likelihood's own information.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        LikelihoodPoint or None
            None where the likelihood underflows.
        """
        point = evaluate(self.design, beta)
        half = None if point is None else _half_log_determinant(point.information)
        if point is None or half is None:
            return None
        inverse = np.linalg.inv(point.information)
        slope = np.empty(beta.size)
        for j in range(beta.size):
            step = np.zeros(beta.size)
            step[j] = FIRTH_STEP
            ahead, behind = evaluate(self.design, beta + step), evaluate(self.design, beta - step)
            if ahead is None or behind is None:
                return None
            slope[j] = float(np.sum(inverse * (ahead.information - behind.information))) / (4 * FIRTH_STEP)
        return replace(point, log_likelihood=point.log_likelihood + half, gradient=point.gradient + slope)

    def value_at(self, beta: Floats) -> float:
        """Value alone.

        Parameters
        ----------
        beta : ndarray of float64, shape (n_columns,)
            Coefficients of the standardised covariates.

        Returns
        -------
        float
            Minus infinity where it underflows.
        """
        point = evaluate(self.design, beta)
        half = None if point is None else _half_log_determinant(point.information)
        return -np.inf if point is None or half is None else point.log_likelihood + half


def _half_log_determinant(information: Floats) -> float | None:
    sign, logarithm = np.linalg.slogdet(information)
    return float(logarithm) / 2 if sign > 0 else None
