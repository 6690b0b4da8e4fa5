"""What the ``tag`` commands found, as sections."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

import pandas as pd

from cxlink.report.redact import redact_text
from cxlink.report.section import Kind, Section, Value
from cxlink.tag.discover import Theme
from cxlink.tag.lint import Finding
from cxlink.tag.match import Explanation, Tag
from cxlink.tag.taxonomy import Taxonomy

SHOWN_LETTERS = 300
N_EXAMPLES = 3


def build_explanation_sections(text: str, language: str, told: Explanation, taxonomy: Taxonomy) -> tuple[Section, ...]:
    """Follow one comment from its letters to its tags.

    Parameters
    ----------
    text : str
        As the customer wrote it.
    language : str
        Its language, or "und".
    told : Explanation
        Of the tagger.
    taxonomy : Taxonomy
        Whose rules they are.

    Returns
    -------
    tuple of Section
        The text and its folded form; every rule that matched; the tags.
    """
    way = (
        f"text: {shown(text)}",
        f"language: {language}",
        f"folded: {shown(told.folded)}",
        f"taxonomy: {taxonomy.version} ({taxonomy.digest[:12]}), {len(taxonomy.rules):,} patterns",
    )
    steps = tuple((step.rule.rule_id, shown(step.words), step.polarity, step.dropped or "kept") for step in told.steps)
    tags = tuple((_name(tag), tag.polarity, shown(text[tag.start : tag.end]), tag.rule) for tag in told.tags)
    incidents = sum(tag.is_complaint and not tag.intent for tag in told.tags)
    note = f"{incidents} incident{'' if incidents == 1 else 's'}: only complaints count, and no wish to leave."
    nothing = () if steps else ("None.",)
    return (
        Section("text", "From the letters to the words", _columns(""), (), way),
        Section("rules", "Rules that matched", _columns("rule", "words", "says", "then"), steps, nothing),
        Section("tags", "Tags", _columns("tag", "says", "words", "rule"), tags, (note,)),
    )


def build_lint_sections(taxonomy: Taxonomy, findings: Sequence[Finding]) -> tuple[Section, ...]:
    """List what lint found.

    Parameters
    ----------
    taxonomy : Taxonomy
        Which was tried.
    findings : sequence of Finding
        Errors first.

    Returns
    -------
    tuple of Section
        One; its title counts.
    """
    counts = {name: sum(finding.severity == name for finding in findings) for name in ("error", "warning", "info")}
    told = ", ".join(f"{count} {name}{'' if count == 1 or name == 'info' else 's'}" for name, count in counts.items())
    title = (
        f"{len(taxonomy.rules):,} patterns, {len(taxonomy.causes)} causes, {len(taxonomy.examples)} examples: {told}"
    )
    rows = tuple((f"{one.severity}: {one.kind}", one.place, shown(one.message)) for one in findings)
    notes = () if rows else ("Nothing found.",)
    return (Section("lint", title, _columns("", "place", "what"), rows, notes),)


def build_apply_sections(counts: pd.DataFrame, shares: Mapping[str, tuple[int, int]]) -> tuple[Section, ...]:
    """Count what was tagged.

    Parameters
    ----------
    counts : DataFrame
        Component, cause, records, and one column a language.
    shares : mapping of str to (int, int)
        By table: records with words that bear a tag, and records with words.

    Returns
    -------
    tuple of Section
        One.
    """
    languages = [name for name in counts.columns if name not in {"component", "cause", "records"}]
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (f"{row['component']}.{row['cause']}", *(int(row[name]) for name in ("records", *languages)))
        for _, row in counts.iterrows()
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("cause", "text"),
        ("records", "count"),
        *((name, "count") for name in languages),
    )
    notes = [
        f"{table}: {tagged:,} of {spoken:,} with words bear a tag ({tagged / spoken:.0%})"
        for table, (tagged, spoken) in shares.items()
        if spoken
    ]
    notes.append("und: too short to tell the language. --format csv and json give every record and tag.")
    return (Section("tags", "Records by cause and language", columns, rows, tuple(notes)),)


def build_theme_sections(themes: Sequence[Theme], texts: Sequence[str], records: Sequence[str]) -> tuple[Section, ...]:
    """List themes with examples.

    Parameters
    ----------
    themes : sequence of Theme
        Largest first.
    texts : sequence of str
        The untagged texts.
    records : sequence of str
        Their ids.

    Returns
    -------
    tuple of Section
        The themes, and what their most typical texts say, redacted.
    """
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            ", ".join(theme.words[:4]),
            len(theme.texts),
            theme.stability,
            int(theme.recent),
            None if theme.p_value is None else theme.expected,
            "rises" if theme.surge else "",
        )
        for theme in themes
    )
    columns: tuple[tuple[str, Kind], ...] = (
        ("words", "text"),
        ("texts", "count"),
        ("stable", "number"),
        ("last month", "count"),
        ("expected", "number"),
        ("", "text"),
    )
    notes = (
        f"{len(texts):,} texts with words bear no tag. Themes are a help to read them: no tag, no effect and no money.",
        "stable: overlap of a theme's texts where they are drawn again (below .5: hardly a theme). expected: by the"
        " months before; rises: one false alarm in ten is allowed.",
    )
    examples = tuple(
        (theme.words[0], records[place], shown(redact_text(texts[place])))
        for theme in themes
        for place in theme.texts[:N_EXAMPLES]
    )
    return (
        Section("themes", "Themes in what no tag covers", columns, rows, notes),
        Section("examples", "Examples", _columns("theme", "record", "words"), examples),
    )


def shown(text: str) -> str:
    r"""Make letters visible that a terminal would hide, obey or fail on.

    Parameters
    ----------
    text : str
        Any, also with lone surrogates.

    Returns
    -------
    str
        Control, format and surrogate characters as ``\u....``, line breaks as spaces; cut at 300 letters.
    """
    cut = text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS] + "…"
    return "".join(map(_visible, cut))


def _name(tag: Tag) -> str:
    return f"{tag.component}.{tag.cause}" if tag.cause else tag.component


def _visible(letter: str) -> str:
    if letter in "\n\r\t":
        return " "
    return f"\\u{ord(letter):04x}" if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co"} else letter


def _columns(*names: str) -> tuple[tuple[str, Kind], ...]:
    return tuple((name, "text") for name in names)
