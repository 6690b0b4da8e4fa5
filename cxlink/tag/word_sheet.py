"""A taxonomy as a sheet of plain words, for those who write no patterns.

One row names a component, a cause and phrases, parted by semicolons or line breaks. The words of a phrase must stand in
this order, with up to two others in between; a word that ends in ``*`` stands for any ending. ``kind`` may say praise,
mention or ignore instead of complaint; ``intent`` may say cancel. What negates is the shipped taxonomy's.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from cxlink.tag.normalise import CLAUSE_BREAK, fold_text
from cxlink.tag.sheet_file import SheetRow, read_sheet

COLUMNS = ("component", "cause", "language", "words")
KINDS = {"": "patterns", "complaint": "patterns", "praise": "praise", "mention": "mentions", "ignore": "ignore"}
REMEDY = "Save it with the columns component, cause, language, words (and, where wanted, kind, intent, description)."

Tables = dict[str, Any]


def read_word_sheet(path: Path) -> tuple[Tables, list[str]]:
    """Read a sheet of plain words into the tables of a taxonomy.

    Parameters
    ----------
    path : Path
        ``.xlsx`` or ``.csv``.

    Returns
    -------
    tables : dict
        As from TOML; the version is made of the content.
    faults : list of str
        Rows that cannot be used, with their number.

    Raises
    ------
    ConfigError
        CX301 if it cannot be read or lacks a column.
    """
    rows = read_sheet(path, code="CX301", required=COLUMNS, remedy=REMEDY)
    tables: Tables = {"components": {}}
    faults: list[str] = []
    for row in rows:
        _add(tables, row, faults)
    content = json.dumps(tables, sort_keys=True, ensure_ascii=True)
    return {"version": f"sheet-{hashlib.sha256(content.encode('ascii')).hexdigest()[:8]}", **tables}, faults


def _add(tables: Tables, row: SheetRow, faults: list[str]) -> None:
    text, where = row.text, f"row {row.number}"
    kind = text.get("kind", "").casefold()
    if kind not in KINDS:
        faults.append(f"{where}: kind {kind!r} is not known; there are complaint, praise, mention and ignore")
        return
    section, language = KINDS[kind], text.get("language", "").casefold()
    component, cause = _name(text.get("component", "")), _name(text.get("cause", ""))
    lacking = [
        name
        for name, value in (("component", component), ("cause", cause), ("language", language))
        if not value
        and not (section == "ignore" and name != "language")
        and not (section in {"praise", "mentions"} and name == "cause")
    ]
    if lacking:
        faults.append(f"{where}: {', '.join(lacking)} is empty")
        return
    patterns = []
    for phrase in re.split(r"[;\n]", text.get("words", "")):
        pattern = plain_pattern(phrase)
        if pattern:
            patterns.append(pattern)
        elif phrase.strip():
            faults.append(f"{where}: {phrase.strip()!r} has no word")
    if not patterns and section != "patterns":
        faults.append(f"{where}: no words")
        return
    if section == "patterns":
        known = tables["components"].setdefault(component, {}).setdefault(cause, {})
        known.update({key: text[key] for key in ("description", "intent") if text.get(key)})
    _extend(tables, section, language, component, cause, patterns)


def _extend(tables: Tables, section: str, language: str, component: str, cause: str, patterns: list[str]) -> None:
    if not patterns:
        return
    languages = tables.setdefault(section, {})
    if section == "ignore":
        languages.setdefault(language, []).extend(patterns)
    elif section == "patterns":
        languages.setdefault(language, {}).setdefault(component, {}).setdefault(cause, []).extend(patterns)
    else:
        languages.setdefault(language, {}).setdefault(component, []).extend(patterns)


def _name(text: str) -> str:
    return "_".join(text.casefold().split())


def plain_pattern(phrase: str) -> str:
    """Turn a phrase of plain words into a pattern.

    Parameters
    ----------
    phrase : str
        Anything; no sign has a meaning but a ``*`` at the end of a word.

    Returns
    -------
    str
        Its words with gaps of up to two words; "" where it has no word.
    """
    words = []
    for piece in phrase.split():
        folded = [word for word in fold_text(piece.rstrip("*")).split() if word != CLAUSE_BREAK]
        if folded and piece.endswith("*"):
            folded[-1] += "~"
        words += folded
    return " .. ".join(words)
