"""``.cxlink/forecasts.json``: what changes were forecast to do, kept to be committed."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cxlink.errors import DataError
from cxlink.handoff import Forecast, ForecastFigure

FILE = "forecasts.json"
SCHEMA = "cxlink.forecasts/1"
FIGURES = ("reduction", "experience", "customers_kept", "revenue_kept", "npv")
DIGITS = 9
"""Significant ones."""


def read_forecasts(path: Path) -> tuple[Forecast, ...]:
    """Read the forecasts told so far.

    Parameters
    ----------
    path : Path
        The file; may not exist.

    Returns
    -------
    tuple of Forecast
        By change and day; empty where there is no file.

    Raises
    ------
    DataError
        If it is not what :func:`record_forecast` writes (CX590); it stays as it is.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise _damaged(path, "it is not UTF-8") from None
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _damaged(path, f"it is not JSON ({error})") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _damaged(path, f'its schema is not "{SCHEMA}"')
    entries = document.get("forecasts")
    if not isinstance(entries, list):
        raise _damaged(path, 'it has no list "forecasts"')
    found = [_read_entry(entry, place, path) for place, entry in enumerate(entries, start=1)]
    keys = [(one.change, one.as_of) for one in found]
    if len(set(keys)) < len(keys):
        raise _damaged(path, "a change has two forecasts of one day")
    return tuple(sorted(found, key=_key))


def record_forecast(path: Path, entries: Iterable[Forecast]) -> None:
    """Add forecasts to the file; one of the same change and day takes the place of the older.

    Parameters
    ----------
    path : Path
        The file; is made where it does not exist.
    entries : iterable of Forecast
        With finite figures.

    Raises
    ------
    DataError
        If the file there is damaged (CX590): it is not touched then.
    ValueError
        If a figure is not finite, or its interval is reversed.
    """
    known = {_key(one): one for one in read_forecasts(path)}
    for one in entries:
        for name in FIGURES:
            figure = getattr(one, name)
            if figure is not None and not _is_sound(figure):
                raise ValueError(f"{one.change}: {name} is not an interval of finite numbers")
        known[_key(one)] = one
    rows = [_entry_of(known[key]) for key in sorted(known)]
    document = {"forecasts": rows, "schema": SCHEMA}
    text = json.dumps(document, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"
    _replace(path, text)


def _replace(path: Path, text: str) -> None:
    """Write beside the file and move: whoever reads sees the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, suffix=".tmp", delete=False) as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise


def _key(one: Forecast) -> tuple[str, date]:
    return (one.change, one.as_of)


def _entry_of(one: Forecast) -> dict[str, Any]:
    entry = asdict(one) | {"as_of": one.as_of.isoformat()}
    for name in FIGURES:
        if entry[name] is not None:
            entry[name] = {key: float(f"{value:.{DIGITS}g}") for key, value in entry[name].items()}
    return entry


def _read_entry(entry: object, place: int, path: Path) -> Forecast:
    if not isinstance(entry, dict) or set(entry) != {field.name for field in fields(Forecast)}:
        raise _damaged(path, f"entry {place} has other keys than a forecast")
    if not isinstance(entry["change"], str) or not isinstance(entry["version"], str):
        raise _damaged(path, f"entry {place}: change and version must be texts")
    if not all(isinstance(entry[name], int) and entry[name] is not True for name in ("seed", "horizon_months")):
        raise _damaged(path, f"entry {place}: seed and horizon_months must be whole numbers")
    try:
        as_of = date.fromisoformat(entry["as_of"])
    except (TypeError, ValueError):
        raise _damaged(path, f"entry {place}: as_of must be a day such as 2025-06-30") from None
    return Forecast(
        change=entry["change"],
        as_of=as_of,
        seed=entry["seed"],
        version=entry["version"],
        horizon_months=entry["horizon_months"],
        **{name: _read_figure(entry[name], f"entry {place}: {name}", path) for name in FIGURES},
    )


def _read_figure(value: object, where: str, path: Path) -> ForecastFigure | None:
    if value is None:
        return None
    if isinstance(value, dict) and set(value) == {"point", "low", "high"}:
        numbers = [value[key] for key in ("point", "low", "high")]
        if all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers):
            figure = ForecastFigure(*(float(one) for one in numbers))
            if _is_sound(figure):
                return figure
    raise _damaged(path, f"{where} must be null, or point, low and high as numbers")


def _is_sound(figure: ForecastFigure) -> bool:
    return all(map(math.isfinite, (figure.point, figure.low, figure.high))) and figure.low <= figure.high


def _damaged(path: Path, why: str) -> DataError:
    place = f"{path.parent.name}/{path.name}"
    return DataError("CX590", place, f"cannot be used: {why}.", "Take back its last version, or move it away.")
