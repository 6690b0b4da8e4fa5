"""Rules held against the shape of ``results.json`` and the configuration, before anything is loaded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from cxlink.errors import ConfigError, Faults
from cxlink.gates.grammar import Rule, Step, point_at
from cxlink.gates.names import CALLED_BY_DATA, naming_keys, suggest

Known = Mapping[str, tuple[str, ...]]


def check_rules(rules: Iterable[Rule], schema: Mapping[str, Any], known: Known, codes: Collection[str] = ()) -> None:
    """Refuse rules whose names can never be found.

    Parameters
    ----------
    rules : iterable of Rule
        That were read.
    schema : mapping
        JSON Schema of ``results.json``.
    known : mapping of str to tuple of str
        For a list or mapping whose names the configuration settles: those names.
    codes : collection of str
        That a diagnostic may bear.

    Raises
    ------
    Faults
        With one error a rule (CX641, CX642), the place marked.
    """
    faults = [fault for rule in rules if (fault := _fault_of(rule, schema, known, codes)) is not None]
    if faults:
        raise Faults(faults)


def _fault_of(rule: Rule, schema: Mapping[str, Any], known: Known, codes: Collection[str]) -> ConfigError | None:
    nodes: list[Mapping[str, Any]] = [schema]
    steps, key = list(rule.path), ""
    while steps:
        step = steps[0]
        if key in known and step.name not in known[key]:
            return _unknown(rule, step, known[key])
        if any("items" in node for node in nodes):
            if rule.operator is None:
                return _unknown_word(rule, steps, nodes, schema, codes)
            rest = _into_list(key, steps, nodes, schema)
            if rest is None:
                return None
            steps, nodes, key = *rest, ""
            continue
        below, names = _below(nodes, step.name, schema)
        if not below:
            # an answer that is not estimable, or a number, has nothing below it
            return _unknown(rule, step, names)
        nodes, key = below, step.name
        steps = steps[1:]
    return _wrong_end(rule, nodes)


def _unknown_word(
    rule: Rule, steps: list[Step], nodes: list[Mapping[str, Any]], schema: Mapping[str, Any], codes: Collection[str]
) -> ConfigError | None:
    """What rows can never be called: a rule with it would hold for ever."""
    items = [inner for node in nodes if "items" in node for inner in _resolve(node["items"], schema)]
    fields = {name: field for item in items for name, field in item.get("properties", {}).items()}
    if not fields or any(name in fields for name in CALLED_BY_DATA):
        return None  # which components, series and tables there are, the data says
    words = [*fields, *(str(word) for field in fields.values() for word in field.get("enum", ()))]
    wrong = next((one for one in steps if one.name not in words and not ("code" in fields and one.name in codes)), None)
    return None if wrong is None else _unknown(rule, wrong, words)


def _into_list(
    key: str, steps: list[Step], nodes: list[Mapping[str, Any]], schema: Mapping[str, Any]
) -> tuple[list[Step], list[Mapping[str, Any]]] | None:
    """Skip the names of a row; None where rows cannot be followed by the schema alone."""
    items = [inner for node in nodes if "items" in node for inner in _resolve(node["items"], schema)]
    names = naming_keys(key)
    if not names or len(steps) < len(names):
        return None
    return steps[len(names) :], items


def _below(
    nodes: list[Mapping[str, Any]], name: str, schema: Mapping[str, Any]
) -> tuple[list[Mapping[str, Any]], list[str]]:
    found: list[Mapping[str, Any]] = []
    names: list[str] = []
    for node in nodes:
        properties = node.get("properties", {})
        names += [one for one in properties if one not in names]
        inner = properties.get(name, node.get("additionalProperties"))
        if isinstance(inner, Mapping):
            found += _resolve(inner, schema)
    return found, names


def _resolve(node: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    if "$ref" in node:
        return _resolve(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]], schema)
    if "anyOf" in node:
        return [inner for one in node["anyOf"] for inner in _resolve(one, schema)]
    return [node]


def _unknown(rule: Rule, step: Step, names: Iterable[str]) -> ConfigError:
    return point_at(rule.text, step.place, "CX641", f'nothing is called "{step.name}" here.', suggest(step.name, names))


def _wrong_end(rule: Rule, nodes: list[Mapping[str, Any]]) -> ConfigError | None:
    place = rule.path[-1].place
    is_list = any(node.get("type") == "array" for node in nodes)
    if rule.operator is None:
        if is_list:
            return None
        return point_at(
            rule.text, place, "CX642", "this is no list that could be empty.", 'Compare it, as with "== 0".'
        )
    is_estimate = any("point" in node.get("properties", {}) for node in nodes)
    is_value = any(node.get("type") in ("number", "integer", "string", "boolean") or "const" in node for node in nodes)
    if is_estimate or is_value or (nodes and not any(node.get("type") in ("object", "array") for node in nodes)):
        return None
    names = [name for node in nodes for name in node.get("properties", {})]
    remedy = f'Write "no {".".join(step.name for step in rule.path)}".' if is_list else suggest("", names)
    return point_at(rule.text, place, "CX642", "this is not one value that could be compared.", remedy)
