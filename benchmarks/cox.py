"""Cox models: cxlink beside R's survival and lifelines, the same rows in one run, each fit in a process of its own.

    python benchmarks/cox.py                      # 100,000 customers: time-varying and static
    python benchmarks/cox.py --customers 1e6      # without lifelines' time-varying fit, which would take an hour
    python benchmarks/cox.py --only bootstrap

Rows are whole days: customers enter late, ten covariates change, about one in six leaves. Each side reads the rows from
files, and counts the fit alone; peak memory is that of the process, rows included. R is left out where there is no
``Rscript``. Coefficients must agree, or the run fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

COVARIATES = [f"x{j}" for j in range(10)]
OTHERS = ["start", "stop", "event", "customer"]
AGREE = 1e-5
RUNS, LONG_SECONDS = 5, 30.0
"""Of each side, each in a new process: the quickest counts. A fit that takes so long is not run again."""
R_SCRIPT = """
library(survival)
a <- commandArgs(trailingOnly = TRUE)
n <- as.integer(a[2])
read <- function(name, what) readBin(file.path(a[1], name), what, n = n, size = if (what == "integer") 4 else 8)
d <- as.data.frame(lapply(setNames(paste0("x", 0:9), paste0("x", 0:9)), read, what = "double"))
d$start <- read("start", "double"); d$stop <- read("stop", "double")
d$event <- read("event", "integer"); d$customer <- read("customer", "integer")
static <- a[3] == "static"
y <- if (static) Surv(d$stop, d$event) else Surv(d$start, d$stop, d$event)
form <- y ~ x0+x1+x2+x3+x4+x5+x6+x7+x8+x9
s <- proc.time()[3]
f <- if (a[4] == "cluster") coxph(form, data = d, cluster = customer, ties = "efron", robust = TRUE) else
  coxph(form, data = d, ties = "efron", robust = FALSE)
seconds <- proc.time()[3] - s
status <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
peak <- as.numeric(gsub("[^0-9]", "", status)) / 1024
cat(seconds, peak, coef(f), sqrt(diag(f$var)), "\\n")
"""
Answer = tuple[float, float, list[float]]
"""Seconds, peak memory in MB, and coefficients followed by standard errors."""


def simulate(n_customers: int, *, static: bool) -> dict[str, np.ndarray]:
    """Rows of some customers; static: one row a customer, from the beginning."""
    rng = np.random.default_rng(7)
    n_rows = np.ones(n_customers, dtype=int) if static else rng.integers(3, 11, n_customers)
    customer = np.repeat(np.arange(n_customers), n_rows)
    position = np.arange(customer.size) - np.repeat(np.cumsum(n_rows) - n_rows, n_rows)
    start = (0 if static else np.repeat(rng.integers(0, 900, n_customers), n_rows)) + 45.0 * position
    X = rng.normal(size=(customer.size, len(COVARIATES)))
    X[:, :5] = X[:, :5] > 1.0
    width = 900 if static else 45
    life = np.ceil(rng.exponential(1800 * np.exp(-0.4 * X[:, 0] - 0.2 * X[:, 5])))
    first_exit = np.full(n_customers, 99)
    np.minimum.at(first_exit, customer, np.where(life <= width, position, 99))
    kept = position <= first_exit[customer]
    found = {name: X[kept, j] for j, name in enumerate(COVARIATES)}
    found |= {"start": start[kept], "stop": (start + np.minimum(life, width))[kept]}
    return found | {"event": (life <= width)[kept].astype(np.int32), "customer": customer[kept].astype(np.int32)}


def peak_megabytes() -> float:
    """Peak of this process; on Linux from its own memory, for `getrusage` counts what its parent held at its start."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def read(folder: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Columns of the rows, as written."""
    kinds = {"event": np.int32, "customer": np.int32}
    return {name: np.fromfile(folder / name, kinds.get(name, float)) for name in names}


def fit_cxlink(folder: Path, kind: str, errors: str) -> Answer:
    """Our fit."""
    from cxlink.stats import fit_cox

    rows = read(folder, OTHERS)
    X = np.empty((len(rows["event"]), len(COVARIATES)))
    for j, name in enumerate(COVARIATES):
        X[:, j] = read(folder, [name])[name]
    began = time.perf_counter()
    fit = fit_cox(
        X,
        stop=rows["stop"],
        event=rows["event"],
        start=None if kind == "static" else rows["start"],
        cluster=rows["customer"] if errors == "cluster" else None,
        keep_score_residuals=False,
    )
    seconds = time.perf_counter() - began
    covariance = fit.covariance if fit.robust_covariance is None else fit.robust_covariance
    return seconds, peak_megabytes(), [*fit.beta, *np.sqrt(np.diag(covariance))]


def fit_lifelines(folder: Path, kind: str, _errors: str) -> Answer:
    """lifelines' fit; it has no clustered errors for rows (start, stop]."""
    import pandas as pd
    from lifelines import CoxPHFitter, CoxTimeVaryingFitter

    frame = pd.DataFrame(read(folder, [*COVARIATES, *OTHERS]))
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "static":
            fitter: Any = CoxPHFitter().fit(frame.drop(columns=["start", "customer"]), "stop", "event")
        else:
            fitter = CoxTimeVaryingFitter().fit(frame, id_col="customer", event_col="event")
    seconds = time.perf_counter() - began
    fitted = fitter.params_[COVARIATES]
    return seconds, peak_megabytes(), [*fitted, *fitter.standard_errors_[COVARIATES]]


def fit_r(folder: Path, kind: str, errors: str) -> Answer:
    """R's fit."""
    n = (folder / "event").stat().st_size // 4
    with tempfile.TemporaryDirectory() as place:
        script = Path(place) / "fit.R"
        script.write_text(R_SCRIPT, encoding="utf-8")
        told = subprocess.run(
            ["Rscript", script, folder, str(n), kind, errors], check=True, capture_output=True, text=True
        ).stdout
    seconds, peak, *numbers = map(float, told.split())
    return seconds, peak, numbers


def alone(fit: Callable[[Path, str, str], Answer], folder: Path, kind: str, errors: str) -> Answer:
    """Fit in a process of its own, so that peaks of memory do not mix."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(fit, (folder, kind, errors))


def quickest(fit: Callable[[Path, str, str], Answer], folder: Path, kind: str, errors: str) -> Answer:
    """The quickest of several fits."""
    best = alone(fit, folder, kind, errors)
    for _ in range(RUNS - 1):
        if best[0] > LONG_SECONDS:
            break
        best = min(best, alone(fit, folder, kind, errors), key=lambda answer: answer[0])
    return best


def compare(n_customers: int, kind: str, errors: str, *, with_lifelines: bool) -> None:
    """Print seconds, memory and ratios of one kind of fit."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "rows"
        folder.mkdir()
        rows = simulate(n_customers, static=kind == "static")
        for name, column in rows.items():
            column.tofile(folder / name)
        n_rows, n_events = len(rows["event"]), int(rows["event"].sum())
        del rows
        print(f"{kind}, {errors} errors: {n_customers:,} customers, {n_rows:,} rows, {n_events:,} events", flush=True)
        own = quickest(fit_cxlink, folder, kind, errors)
        print(f"  cxlink     {own[0]:9.2f} s {own[1]:8,.0f} MB", flush=True)
        peers: dict[str, Callable[[Path, str, str], Answer]] = {"R coxph": fit_r} if shutil.which("Rscript") else {}
        if with_lifelines and errors == "model":
            peers["lifelines"] = fit_lifelines
        for name, fit in peers.items():
            seconds, peak, numbers = quickest(fit, folder, kind, errors)
            apart = float(np.max(np.abs(np.array(own[2]) / np.array(numbers) - 1)))
            print(
                f"  {name:10} {seconds:9.2f} s {peak:8,.0f} MB: {seconds / own[0]:6.1f} times the time,"
                f" {peak / own[1]:.1f} times the memory; largest difference {apart:.0e}",
                flush=True,
            )
            if apart > AGREE:
                raise SystemExit(f"{name} and cxlink differ by {apart:.1e}")


def bootstrap(n_customers: int, n_draws: int = 500, n_refits: int = 100) -> None:
    """One-step draws in fits' time, and their spread beside that of fitting again."""
    from cxlink.stats import bootstrap_cox, fit_cox

    rows = simulate(n_customers, static=False)
    X = np.column_stack([rows.pop(name) for name in COVARIATES])
    data: dict[str, Any] = {name: rows[name] for name in ("stop", "event", "start")}
    data["cluster"] = rows["customer"]
    began = time.perf_counter()
    fit = fit_cox(X, **data, keep_score_residuals=False)
    one_fit = time.perf_counter() - began
    weights = np.random.default_rng(1).standard_exponential((n_draws, n_customers))
    began = time.perf_counter()
    fast = bootstrap_cox(X, **data, beta=fit.beta, cluster_weights=weights)
    seconds = time.perf_counter() - began
    print(f"bootstrap: {n_draws} draws of {n_customers:,} customers", flush=True)
    print(f"  one-step {seconds:.2f} s, {seconds / one_fit:.1f} fits of {one_fit:.2f} s", flush=True)
    for method in ("score", "refit"):
        began = time.perf_counter()
        slow = bootstrap_cox(X, **data, beta=fit.beta, cluster_weights=weights[:n_refits], method=method)
        each = (time.perf_counter() - began) / n_refits
        apart = np.abs(fast[:n_refits].std(axis=0) / slow.std(axis=0) - 1)
        print(
            f"  {method} {each:.2f} s a draw; standard errors of the same {n_refits} draws: one-step differs by"
            f" {apart.mean():.2%} on average, {apart.max():.2%} at most",
            flush=True,
        )


def main() -> None:
    """Print all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=float, default=1e5)
    parser.add_argument("--only", nargs="+", choices=["varying", "cluster", "static", "bootstrap"])
    arguments = parser.parse_args()
    n, chosen = int(arguments.customers), arguments.only or ["varying", "cluster", "static", "bootstrap"]
    if "varying" in chosen:
        compare(n, "varying", "model", with_lifelines=n <= 100_000)
    if "cluster" in chosen:
        compare(n, "varying", "cluster", with_lifelines=False)
    if "static" in chosen:
        compare(n, "static", "model", with_lifelines=True)
    if "bootstrap" in chosen:
        bootstrap(n)


if __name__ == "__main__":
    main()
