"""What of a run a later one is compared with: its numbers, months, settings and versions, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cxlink.gates.names import naming_keys

Snapshot = dict[str, Any]
SCHEMA = "cxlink.run/1"
_PLAIN = re.compile(r"[^\W\d][\w-]*|\d+")
_LEFT_OUT = frozenset({"diff", "gates", "months", "ledger", "diagnostics", "readiness", "monitor", "bridge", "fresh"})


def take_snapshot(results: Mapping[str, Any], manifest: Mapping[str, Any]) -> Snapshot:
    """Take from a run what a comparison reads.

    Parameters
    ----------
    results : mapping
        As in ``results.json``, of this version or an older one.
    manifest : mapping
        As in ``manifest.json``.

    Returns
    -------
    dict
        Of JSON values; ``lacking`` names what an older version did not write.
    """
    observed = results.get("observed") or {}
    inputs = {str(one["file"]): str(one["sha256"]) for one in manifest.get("inputs", ())}
    return {
        "schema": SCHEMA,
        "project": results.get("project"),
        "currency": results.get("currency"),
        "from": observed.get("from"),
        "to": observed.get("to"),
        "method": {
            "kpi": results.get("kpi"),
            "seed": results.get("seed"),
            "horizon_months": results.get("horizon_months"),
            "python": manifest.get("python"),
            "taxonomy": (manifest.get("taxonomy") or {}).get("sha256"),
            "classifier": manifest.get("classifier"),
        },
        "version": manifest.get("version"),
        "libraries": dict(manifest.get("libraries") or {}),
        "settings": dict(manifest.get("settings") or {}),
        "settings_sha256": manifest.get("settings_sha256"),
        "inputs": dict(sorted(inputs.items())),
        "months": list(results.get("months") or ()),
        "numbers": dict(_numbers(results)),
        "lacking": [
            name
            for name, there in (("months", results.get("months")), ("settings", manifest.get("settings")))
            if not there
        ],
    }


def _numbers(results: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in results.items():
        if key not in _LEFT_OUT:
            yield from _walk(value, key, key)


def _walk(node: Any, name: str, key: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        if "point" in node and "low" in node and "high" in node:
            yield name, {part: node.get(part) for part in ("point", "low", "high", "level", "unit")}
        elif "not_estimable" in node:
            yield name, {"not_estimable": node["not_estimable"]}
        else:
            for inner, value in node.items():
                yield from _walk(value, name + _step(str(inner)), str(inner))
    elif isinstance(node, list):
        fields = naming_keys(key)
        for row in node:
            if fields and isinstance(row, Mapping) and all(field in row for field in fields):
                yield from _walk(row, name + "".join(_step(str(row[field])) for field in fields), key)


def _step(name: str) -> str:
    """A name as a gate would write it."""
    return f".{name}" if _PLAIN.fullmatch(name) else f'["{name}"]'
