"""What every code means: the command line's own, and those of the stages."""

from __future__ import annotations

Codes = dict[str, tuple[str, str, str]]

OWN: Codes = {
    "CX001": (
        "No configuration",
        "The configuration file does not exist where it was looked for.",
        "Write one with `cxlink init FOLDER`, or point at yours with --config.",
    ),
    "CX002": (
        "The configuration cannot be read",
        "The file is not valid TOML, not UTF-8, or larger than 1 MB.",
        "Mend the line that is named; texts go in quotes, dates do not.",
    ),
    "CX003": (
        "Unknown key",
        "The configuration has a key that cxlink does not know. A misspelt key would be ignored in silence elsewhere.",
        "Correct it to the key that is named, or remove it.",
    ),
    "CX004": ("Missing key", "A key that has no default is missing from the configuration.", "Add it."),
    "CX005": ("Wrong value", "A key has a value of the wrong kind or outside its range.", "Correct the value."),
    "CX006": (
        "Environment variable not set",
        "A path in the configuration names ${A_VARIABLE} that is not set.",
        "Set it in the environment, or write the path out.",
    ),
    "CX010": ("Not a day", "An option wants a calendar day.", "Write it as 2025-12-31."),
    "CX011": ("No sample data", "The installation lacks the sample data of the demo.", "Install cxlink again."),
    "CX012": (
        "The demo's folder is taken",
        "The folder that the demo wants to copy its data to exists and holds something else.",
        "Choose another folder with --out.",
    ),
    "CX013": ("Unknown code", "There is no such code in this version.", "List all with `cxlink explain`."),
    "CX014": ("Unknown scenario", "`cxlink simulate` has no scenario of that name.", "Choose one of those named."),
    "CX015": (
        "The folder is not empty",
        "A command would write into a folder that already holds files.",
        "Choose an empty or a new folder.",
    ),
    "CX016": (
        "Unknown component",
        "`cxlink rows` was asked for a component that the data does not have.",
        "Choose one of those named.",
    ),
    "CX017": (
        "The query failed",
        "`cxlink sql` was given a statement that the engine cannot run; only one SELECT is run.",
        'Correct it; `cxlink sql "show tables"` lists the tables.',
    ),
    "CX018": (
        "Single customers are not published",
        "The configuration is for the public, and the command shows single customers.",
        'Set audience = "internal" under [report], and keep the output to those who may see it.',
    ),
    "CX019": (
        "Options that do not fit together",
        "One option needs as many values as another one, or rules it out.",
        "See the command's --help.",
    ),
    "CX021": (
        "A file cannot be written",
        "The folder does not exist, or may not be written to, or the disk is full.",
        "Name another place.",
    ),
    "CX655": (
        "The workflow is there already",
        "`cxlink ci init` does not overwrite a file that somebody may have changed.",
        "Compare the two by hand, or write it anew with --force.",
    ),
    "CX656": (
        "No configuration in the repository",
        "The workflow names a configuration beside which .cxlink/ is kept. None was found, so it names cxlink.toml.",
        "Write one with `cxlink init`, or correct CXLINK_CONFIG in the workflow.",
    ),
    "CX657": (
        "No folder to write the workflow into",
        "A workflow stands in the root of a repository.",
        "Go to the repository's root, or name it with --folder.",
    ),
    "CX900": (
        "A bug",
        "cxlink met something that it does not handle. No output was replaced.",
        "Run again with --debug and report what it prints, without customers' data.",
    ),
    "CX901": (
        "Out of memory",
        "The machine has not enough memory for this data.",
        "Close other programs, or observe a shorter window.",
    ),
    "CX903": (
        "The engine could not compute",
        "A value is too large to be added up exactly, or a statement of cxlink does not run on this engine.",
        "Look for absurd amounts in the exports; otherwise run again with --debug and report what it prints.",
    ),
    "CX902": (
        "A file cannot be read or written",
        "The operating system refused: no permission, no space, or a broken disk.",
        "Check the place that is named.",
    ),
}


def all_codes() -> Codes:
    """Codes of the command line and of all stages.

    Returns
    -------
    dict
        Code to title, meaning and remedy.
    """
    from cxlink.bridge.codes import CODES as OF_BRIDGE
    from cxlink.churn.codes import CODES as OF_CHURN
    from cxlink.claims.codes import CODES as OF_CLAIMS
    from cxlink.closing.codes import CODES as OF_CLOSING
    from cxlink.diff.codes import CODES as OF_DIFF
    from cxlink.gates.codes import CODES as OF_GATES
    from cxlink.impact.codes import CODES as OF_IMPACT
    from cxlink.kpis.codes import CODES as OF_KPIS
    from cxlink.link.codes import CODES as OF_LINK
    from cxlink.load.codes import CODES as OF_LOAD
    from cxlink.monitor.codes import CODES as OF_MONITOR
    from cxlink.profiles.codes import CODES as OF_PROFILES
    from cxlink.report.codes import CODES as OF_REPORT
    from cxlink.simulate.codes import CODES as OF_SIMULATE
    from cxlink.tag.codes import CODES as OF_TAG
    from cxlink.track.codes import CODES as OF_TRACK

    stages = (OF_LOAD, OF_LINK, OF_TAG, OF_CHURN, OF_IMPACT, OF_CLAIMS, OF_KPIS, OF_TRACK, OF_MONITOR)
    beside = (OF_BRIDGE, OF_CLOSING, OF_PROFILES, OF_REPORT, OF_SIMULATE, OF_GATES, OF_DIFF)
    return OWN | {code: told for codes in (*stages, *beside) for code, told in codes.items()}
