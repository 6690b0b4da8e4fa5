"""Cox with late entry and clusters: cxlink beside R's survival and lifelines, same rows, same run.

``python benchmarks/cox.py [customers]`` (default 100000, about 600000 rows of 10 covariates). R is left out where there
is no ``Rscript``; lifelines has no clustered errors for rows (start, stop], so it does less work.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from cxlink.stats import fit_cox

COVARIATES = [f"x{j}" for j in range(10)]
R_SCRIPT = """
library(survival)
d <- read.csv(commandArgs(trailingOnly = TRUE)[1])
s <- proc.time()[3]
f <- coxph(Surv(start, stop, event) ~ x0+x1+x2+x3+x4+x5+x6+x7+x8+x9, data = d, cluster = customer, ties = "efron")
cat(proc.time()[3] - s, coef(f), sqrt(diag(f$var)), "\\n")
"""


def simulate(n_customers: int) -> pd.DataFrame:
    """Whole-day rows: customers enter late, their covariates change, about one in five leaves."""
    rng = np.random.default_rng(7)
    n_rows = rng.integers(3, 11, n_customers)
    customer = np.repeat(np.arange(n_customers), n_rows)
    position = np.arange(customer.size) - np.repeat(np.cumsum(n_rows) - n_rows, n_rows)
    start = np.repeat(rng.integers(0, 900, n_customers), n_rows) + 45 * position
    X = rng.normal(size=(customer.size, len(COVARIATES)))
    X[:, :5] = X[:, :5] > 1.0
    life = np.ceil(rng.exponential(1800 * np.exp(-0.4 * X[:, 0] - 0.2 * X[:, 5])))
    first_exit = np.full(n_customers, 99)
    np.minimum.at(first_exit, customer, np.where(life <= 45, position, 99))
    frame = pd.DataFrame(X, columns=COVARIATES)
    frame["customer"], frame["start"] = customer, start
    frame["stop"], frame["event"] = start + np.minimum(life, 45), life <= 45
    return frame[position <= first_exit[customer]].reset_index(drop=True)


def run_r(frame: pd.DataFrame) -> tuple[float, list[float]] | None:
    """Seconds, then coefficients and clustered standard errors; the reading of the file is not counted."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        rows, script = Path(folder) / "rows.csv", Path(folder) / "fit.R"
        frame.astype({"event": int}).to_csv(rows, index=False)
        script.write_text(R_SCRIPT, encoding="utf-8")
        answer = subprocess.run(["Rscript", script, rows], check=True, capture_output=True, text=True).stdout
    seconds, *numbers = map(float, answer.split())
    return seconds, numbers


def run_lifelines(frame: pd.DataFrame) -> tuple[float, list[float]]:
    """Seconds and coefficients."""
    from lifelines import CoxTimeVaryingFitter

    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = CoxTimeVaryingFitter().fit(frame, id_col="customer", event_col="event")
    return time.perf_counter() - began, list(fitter.params_)


def main() -> None:
    """Print seconds, ratios and the largest differences."""
    frame = simulate(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    X = frame[COVARIATES].to_numpy()
    began = time.perf_counter()
    fit = fit_cox(
        X, stop=frame["stop"], event=frame["event"], start=frame["start"], cluster=frame["customer"],
        keep_score_residuals=False,
    )  # fmt: skip
    own = time.perf_counter() - began
    assert fit.robust_covariance is not None
    mine = np.concatenate((fit.beta, np.sqrt(np.diag(fit.robust_covariance))))
    print(f"{len(frame)} rows, {fit.n_events} events, {X.shape[1]} covariates")
    print(f"cxlink       {own:8.2f} s")
    for name, answer in (("R coxph", run_r(frame)), ("lifelines", run_lifelines(frame))):
        if answer is None:
            print(f"{name:12} not installed")
            continue
        seconds, numbers = answer
        apart = np.max(np.abs(mine[: len(numbers)] / numbers - 1))
        print(f"{name:12} {seconds:8.2f} s  {seconds / own:6.1f} times as long; largest difference {apart:.1e}")


if __name__ == "__main__":
    main()
