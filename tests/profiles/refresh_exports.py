"""Write docs/exports.md from the profiles: ``python -m tests.profiles.refresh_exports``."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

from cxlink.profiles.catalogue import read_profiles
from cxlink.profiles.model import Feed, Profile

PAGE = Path(__file__).resolve().parents[2] / "docs" / "exports.md"
INTRO = """# Exports

`cxlink init FOLDER --from EXPORTS` knows the exports below by their headers, and writes a `cxlink.toml` from them. What
it decided, and what it saw, stands as a comment beside each line: read them, then run `cxlink check`.

- **Nothing is guessed in silence.** Where dates can be read day first and month first, or two questions may be the
  score, the line is there with a `#` before it; remove the `#` of the right one.
- **Nothing is made up.** A currency that no export says becomes `"???"`, which cxlink refuses. Margin and shares stay
  empty.
- **Files of other tools** are recognised by the names of their columns, less surely: such lines say "please check".
  Files that bear [our own names](guide.md#tables-and-columns) need no mapping. All others are listed with the nearest
  names.
- **Who is who.** Where an export has no customer id, the e-mail is used. An id that no customer of the other exports
  has is switched off where the e-mail finds customers.
- **Rows that are no data** (previews, failed charges, lines of orders) are excluded: they stay in the ledger.

Put all exports into one folder as they were downloaded (`.csv`, `.tsv`, `.txt`, also in `.gz` and `.zip`, workbooks,
Parquet). Folders within it are not looked into. Do not open and save them in a spreadsheet program first.

```
cxlink init acme --from exports
```

writes `acme/cxlink.toml`, `acme/mapping.xlsx` and, for exports that are not one table, queries (`.sql`). Nothing is
overwritten.

## Mapping in a spreadsheet

`mapping.xlsx` has one row for each column of each export: its header, the question, examples without personal data, and
under *Our column* a list to choose from. Change *Our column* and *Values*, save, and write the configuration again:

```
cxlink init acme --from exports --mapping acme/mapping.xlsx
```

The columns are then those of the sheet; dates, time zones and rows that do not count are settled as before. All faults
of the sheet are listed together. A `cxlink.toml` that you have edited by hand since is not replaced.
"""


def _columns(feed: Feed) -> str:
    parts = []
    for ours, choice in feed.columns.items():
        names = " or ".join(f"`{name}`" for name in choice.names)
        parts.append(f"`{ours}` from {names}")
    return ", ".join(parts)


def _feed(feed: Feed) -> str:
    by = ", by a query" if feed.query else ""
    only = f" (only without {', '.join(feed.only_without)})" if feed.only_without else ""
    extra = "; scores and comments are found by the words and answers of the questions" if feed.questions else ""
    lists = [
        f"{verb} where `{column}` is {' or '.join(f'`{word}`' if word else 'empty' for word in spec.words)}"
        for verb, of in (("kept", feed.keep), ("excluded", feed.exclude))
        for column, spec in of.items()
    ]
    rows = f" Rows are {'; '.join(lists)}." if lists else ""
    return f"- **`{feed.table}`**{by}{only}: {_columns(feed)}{extra}.{rows}"


def _wrapped(line: str) -> str:
    indent = "  " if line.startswith("- ") else ""
    return "\n".join(wrap(line, 118, subsequent_indent=indent, break_on_hyphens=False)) if line else ""


def section(profile: Profile) -> str:
    lines = [f"## {profile.name}", "", f"How to export: {profile.export}", ""]
    lines += [_feed(feed) for feed in profile.feeds]
    if profile.yields_to:
        lines += ["", "Not used beside " + " or ".join(profile.yields_to) + ": the same money stands in both."]
    lines += ["", "Traps:", "", *(f"- {trap}" for trap in profile.traps)]
    if profile.unverified:
        lines += ["", f"Remark: {profile.unverified}"]
    if profile.unlocks:
        lines += [
            "",
            "It goes further with:",
            "",
            *(f"- {unlock.export}: {unlock.gives}." for unlock in profile.unlocks),
        ]
    return "\n".join(_wrapped(line) for line in lines)


def page() -> str:
    profiles = sorted(read_profiles(), key=lambda profile: profile.name)
    return "\n".join([INTRO, *(section(profile) + "\n" for profile in profiles)])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
