"""Which rows of an export are data, and how the file is written: lines of its source."""

from __future__ import annotations

from collections.abc import Sequence

from cxlink.load.guess import guess_encoding
from cxlink.load.tables import TABLES
from cxlink.profiles.drafts import Line, Sheet, count_rows, distinct_cells
from cxlink.profiles.model import Feed
from cxlink.profiles.rows_kept import kept_rows
from cxlink.profiles.toml_text import plain_line

N_WORDS = 8


def data_rows(feed: Feed, sheet: Sheet, lines: Sequence[Line]) -> list[int]:
    """List the rows of a file that count for a feed.

    Parameters
    ----------
    feed : Feed
        With its lists and its fold.
    sheet : Sheet
        The file.
    lines : sequence of Line
        Columns that are mapped.

    Returns
    -------
    list of int
        Indices of rows.
    """
    raw = sheet.raw
    mapped = {line.key[1]: str(line.value) for line in lines if line.is_on}
    filled = [c.name for c in TABLES[feed.table].columns if c.filled]
    fold = feed.settings.get("fold_by")
    return kept_rows(
        raw,
        {name: spec.words for wanted, spec in feed.keep.items() if (name := sheet.find(wanted))},
        {name: spec.words for wanted, spec in feed.exclude.items() if (name := sheet.find(wanted))},
        fold_by=sheet.find(str(fold.value)) if fold else None,
        required=[mapped[name] for name in filled if name in mapped],
    )


def setting_lines(feed: Feed, sheet: Sheet) -> list[Line]:
    """Write the settings of a source.

    Parameters
    ----------
    feed : Feed
        Of the file's profile.
    sheet : Sheet
        The file.

    Returns
    -------
    list of Line
        Where in the file, how it is written, and what the profile sets.
    """
    lines: list[Line] = []
    if sheet.head.member is not None:
        lines.append(Line(("member",), sheet.head.member, "the archive holds several files"))
    if sheet.head.sheet is not None:
        lines.append(Line(("sheet",), sheet.head.sheet))
    if not sheet.is_utf8:
        comment = "not UTF-8; say which: cp1252 western, cp1257 Baltic, cp1251 Cyrillic, cp1255 Hebrew, cp1256 Arabic"
        guess = guess_encoding(sheet.head.path, place=sheet.head.label, member=sheet.head.member)
        if guess:
            comment = f"a guess from its letters: check that the words below read right; {comment}"
        lines.append(Line(("encoding",), guess or "cp1252", comment, is_on=bool(guess)))
    if sheet.zone:
        lines.append(Line(("timezone",), sheet.zone, "of its times, as the third row of the export says"))
    for key, choice in feed.settings.items():
        where = sheet.find(choice.where) if choice.where else ""
        if where is None or (key == "timezone" and sheet.zone):
            continue
        value = sheet.find(str(choice.value)) if key == "fold_by" else choice.value
        if value is not None:
            lines.append(Line((key,), value, choice.why))
    return lines


def row_list_lines(feed: Feed, sheet: Sheet) -> list[Line]:
    """Write which rows are data, and say which words are in no list.

    Parameters
    ----------
    feed : Feed
        Of the file's profile.
    sheet : Sheet
        The file.

    Returns
    -------
    list of Line
        Keys ``keep`` and ``exclude``.
    """
    lines: list[Line] = []
    for key, lists in (("keep", feed.keep), ("exclude", feed.exclude)):
        for wanted, spec in lists.items():
            header = sheet.find(wanted)
            if header is None or header not in sheet.raw.columns:
                continue
            words = frozenset(word.casefold() for word in spec.words)
            seen = sum(str(cell).strip().casefold() in words for cell in sheet.raw.columns[header])
            comment = f"{spec.why} ({count_rows(seen)})" if spec.why else count_rows(seen)
            lines.append(Line((key, header), list(spec.words), comment))
    return lines + _unlisted(feed, sheet)


def _unlisted(feed: Feed, sheet: Sheet) -> list[Line]:
    """Words of a column with both lists that stand in none of them."""
    lines: list[Line] = []
    for wanted in feed.keep.keys() & feed.exclude.keys():
        header = sheet.find(wanted)
        known = {word.casefold() for spec in (feed.keep[wanted], feed.exclude[wanted]) for word in spec.words}
        cells = distinct_cells(sheet.raw, header or "")
        rest = [(text, count) for text, count in cells if text.casefold() not in known]
        if header is not None and rest:
            words = ", ".join(f'"{plain_line(text, 30)}" in {count_rows(count)}' for text, count in rest[:N_WORDS])
            comment = f"{header} has words in neither list, so these rows are held back; add them to one: {words}"
            lines.append(Line(("keep", header), None, comment, is_on=False))
    return lines
