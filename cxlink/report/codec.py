"""Frozen dataclasses to JSON values and back, exactly: types decide what is written, and what is accepted."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from numbers import Integral, Real
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import cxlink.estimate
import cxlink.handoff
from cxlink.report.parts import Untrusted

TYPE, UNTRUSTED, DECIMAL, DAY = "$type", "$untrusted", "$decimal", "$day"
_NAMES = {**vars(cxlink.handoff), **vars(cxlink.estimate), "date": date, "Mapping": Mapping}
"""What hand-offs import for their types alone."""


class MismatchError(ValueError):
    """A value is not of the type that its place has."""


def encode(value: object) -> Any:
    """Turn a value into what JSON holds.

    Parameters
    ----------
    value : object
        Frozen dataclasses, tuples, mappings of text, texts, numbers, dates and None.

    Returns
    -------
    object
        Objects bear the name of their class; texts of others, decimals and dates bear a mark.

    Raises
    ------
    TypeError
        If a value is of no such type.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Untrusted):
        return {UNTRUSTED: str(value)}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return {DECIMAL: str(value)}
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, date):
        return {DAY: value.isoformat()}
    return _encode_parts(value)


def _encode_parts(value: object) -> Any:
    if isinstance(value, tuple | list):
        return [encode(one) for one in value]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) and not key.startswith("$") for key in value):
            raise TypeError("a mapping has texts as keys, and none that begins with a mark")
        return {key: encode(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {TYPE: type(value).__name__} | {one.name: encode(getattr(value, one.name)) for one in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be kept")


def decode(wanted: Any, value: Any) -> Any:
    """Turn what JSON held back into a value of a type.

    Parameters
    ----------
    wanted : type
        As annotated; nothing else is made, whatever the file says.
    value : object
        As :func:`encode` made it.

    Returns
    -------
    object
        Equal to what was encoded.

    Raises
    ------
    MismatchError
        If the value is not of that type.
    """
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        return _decode_union(wanted, value)
    if origin is Literal:
        if any(value == one and type(value) is type(one) for one in get_args(wanted)):
            return value
        raise _mismatch(wanted, value)
    if origin is tuple:
        return _decode_tuple(wanted, value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _decode_mapping(wanted, value)
    if isinstance(wanted, type) and is_dataclass(wanted):
        return _decode_object(wanted, value)
    return _decode_plain(wanted, value)


def _decode_union(wanted: Any, value: Any) -> Any:
    for one in get_args(wanted):
        try:
            return decode(one, value)
        except MismatchError:
            continue
    raise _mismatch(wanted, value)


def _decode_tuple(wanted: Any, value: Any) -> tuple[Any, ...]:
    parts = get_args(wanted)
    if not isinstance(value, list):
        raise _mismatch(wanted, value)
    if len(parts) == 2 and parts[1] is Ellipsis:
        return tuple(decode(parts[0], one) for one in value)
    if len(parts) != len(value):
        raise _mismatch(wanted, value)
    return tuple(decode(part, one) for part, one in zip(parts, value, strict=True))


def _decode_mapping(wanted: Any, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or any(key.startswith("$") for key in value):
        raise _mismatch(wanted, value)
    return {key: decode(get_args(wanted)[1], one) for key, one in value.items()}


def _decode_object(wanted: type, value: Any) -> Any:
    hints = hints_of(wanted)
    if not isinstance(value, dict) or value.get(TYPE) != wanted.__name__ or set(value) != {TYPE, *hints}:
        raise _mismatch(wanted, value)
    try:
        return wanted(**{name: decode(hint, value[name]) for name, hint in hints.items()})
    except MismatchError:
        raise
    except (ValueError, TypeError) as error:
        raise MismatchError(f"{wanted.__name__}: {error}") from error


def _decode_plain(wanted: Any, value: Any) -> Any:
    if wanted is str and isinstance(value, dict) and set(value) == {UNTRUSTED} and isinstance(value[UNTRUSTED], str):
        return Untrusted(value[UNTRUSTED])
    if wanted is Decimal:
        return _decode_marked(wanted, value, DECIMAL, Decimal)
    if wanted is date:
        return _decode_marked(wanted, value, DAY, date.fromisoformat)
    if wanted in (None, types.NoneType) and value is None:
        return None
    exact = {str: str, bool: bool, int: int}.get(wanted)
    if exact is not None and type(value) is exact:
        return value
    # a whole number is one in a place for any number too
    if wanted is float and type(value) in (float, int):
        return value
    raise _mismatch(wanted, value)


def _decode_marked(wanted: Any, value: Any, mark: str, read: Any) -> Any:
    if not isinstance(value, dict) or set(value) != {mark} or not isinstance(value[mark], str):
        raise _mismatch(wanted, value)
    try:
        return read(value[mark])
    except (ValueError, InvalidOperation):
        raise _mismatch(wanted, value) from None


@cache
def hints_of(wanted: type) -> dict[str, Any]:
    """Find the types of a dataclass's fields.

    Parameters
    ----------
    wanted : type
        A dataclass.

    Returns
    -------
    dict of str to type
        By name, in their order.
    """
    found = get_type_hints(wanted, localns=_NAMES)
    return {one.name: found[one.name] for one in fields(wanted)}


def describe(hint: Any) -> str:
    """Name a type, in the same words under every version of Python.

    Parameters
    ----------
    hint : type
        As annotated.

    Returns
    -------
    str
        Such as ``tuple(Row,...)``.
    """
    if hint is Ellipsis:
        return "..."
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return "|".join(sorted(map(describe, parts)))
    if origin is Literal:
        return f"Literal({','.join(map(repr, parts))})"
    name = getattr(origin or hint, "__name__", str(hint))
    return f"{name}({','.join(map(describe, parts))})" if parts else name


def _mismatch(wanted: Any, value: object) -> MismatchError:
    shown = repr(value)
    name = getattr(wanted, "__name__", str(wanted))
    return MismatchError(f"{shown[:40]}{'...' if len(shown) > 40 else ''} is no {name}")


def list_classes(root: type) -> Iterator[type]:
    """Go through the dataclasses that a dataclass is made of.

    Parameters
    ----------
    root : type
        A dataclass.

    Yields
    ------
    type
        Each once, itself first.
    """
    seen: dict[type, None] = {}
    waiting: list[Any] = [root]
    while waiting:
        one = waiting.pop()
        waiting += get_args(one)
        if isinstance(one, type) and is_dataclass(one) and one not in seen:
            seen[one] = None
            waiting += hints_of(one).values()
    yield from seen
