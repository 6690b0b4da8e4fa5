"""``.cxlink/baselines.json``: what monthly figures are held against, kept to be committed."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cxlink.errors import DataError
from cxlink.handoff.monitoring import Baseline, BaselineMonth, SumsBaseline

FILE = "baselines.json"
SCHEMA, FAMILY = "cxlink.baselines/1", "cxlink.baselines/"
KINDS = ("share", "mean", "level")
DIGITS = 9
"""Significant ones: limits are made of what is written, also in the run that freezes them."""


def rounded(value: float) -> float:
    """Round to the digits of the file.

    Parameters
    ----------
    value : float
        Finite.

    Returns
    -------
    float
        With nine significant digits.
    """
    return float(f"{value:.{DIGITS}g}")


def read_baselines(path: Path) -> tuple[Baseline, ...]:
    """Read what was frozen so far.

    Parameters
    ----------
    path : Path
        The file; may not exist.

    Returns
    -------
    tuple of Baseline
        By key and version; empty where there is no file.

    Raises
    ------
    DataError
        If it is not what :func:`write_baselines` writes (CX610), or of a later version (CX611); it stays as it is.
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
    schema = document.get("schema") if isinstance(document, dict) else None
    if isinstance(schema, str) and schema.startswith(FAMILY) and schema != SCHEMA:
        raise DataError(
            "CX611",
            str(path),
            f'its schema is "{schema}", this version knows "{SCHEMA}".',
            "Use the version that wrote it.",
        )
    if schema != SCHEMA or not isinstance(document.get("baselines"), list):
        raise _damaged(path, f'it has no schema "{SCHEMA}" with a list "baselines"')
    found = [_read_entry(entry, place, path) for place, entry in enumerate(document["baselines"], start=1)]
    keys = [_key(one) for one in found]
    if len(set(keys)) < len(keys):
        raise _damaged(path, "a figure has two baselines of one version")
    return tuple(sorted(found, key=_key))


def write_baselines(path: Path, baselines: Iterable[Baseline]) -> None:
    """Add baselines to the file; those that are there stay as they are.

    Parameters
    ----------
    path : Path
        The file; is made where it does not exist.
    baselines : iterable of Baseline
        With finite numbers.

    Raises
    ------
    DataError
        If the file there is damaged or of a later version (CX610, CX611): it is not touched then.
    """
    known = {_key(one): one for one in baselines} | {_key(one): one for one in read_baselines(path)}
    rows = [asdict(known[key]) for key in sorted(known)]
    document = {"baselines": rows, "schema": SCHEMA}
    text = json.dumps(document, indent=1, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
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


def _key(one: Baseline) -> tuple[str, str]:
    return (one.key, one.version)


def _read_entry(entry: object, place: int, path: Path) -> Baseline:
    where = f"entry {place}"
    row = _read_row(entry, Baseline, where, path)
    if row["kind"] not in KINDS or not isinstance(row["months"], list):
        raise _damaged(path, f"{where}: kind or months are not as they should be")
    months = tuple(BaselineMonth(**_read_row(one, BaselineMonth, f"{where}, months", path)) for one in row["months"])
    sums = row["sums"]
    if sums is not None:
        told = _read_row(sums, SumsBaseline, f"{where}, sums", path)
        if not all(_is_number(rate) for rate in told["rates"]) or not all(isinstance(k, str) for k in told["kept"]):
            raise _damaged(path, f"{where}: sums are not as they should be")
        sums = SumsBaseline(**told | {"rates": tuple(told["rates"]), "kept": tuple(told["kept"])})
    if row["sigma"] <= 0 or row["units"] <= 0 or row["variance"] <= 0 or not months:
        raise _damaged(path, f"{where}: sigma, variance, units and months must be above zero")
    return Baseline(**row | {"months": months, "sums": sums})


def _read_row(entry: object, kind: type[Any], where: str, path: Path) -> dict[str, Any]:
    """Check that a row has the fields of a dataclass, each of its type."""
    if not isinstance(entry, dict) or set(entry) != {field.name for field in fields(kind)}:
        raise _damaged(path, f"{where} has other keys than it should")
    for field in fields(kind):
        value, name = entry[field.name], str(field.type)
        right = {"float": _is_number(value), "str": isinstance(value, str), "bool": isinstance(value, bool)}
        if not right.get(name, True) or (name.startswith("tuple") and not isinstance(value, list)):
            raise _damaged(path, f"{where}: {field.name} is not as it should be")
    return dict(entry)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _damaged(path: Path, reason: str) -> DataError:
    return DataError(
        "CX610",
        str(path),
        f"the file of baselines is damaged: {reason}.",
        "Take its last version from version control, or move it away to freeze limits anew.",
    )
