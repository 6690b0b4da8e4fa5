"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX590": (
        "The file of forecasts is damaged",
        "What changes were forecast to do is kept in .cxlink/forecasts.json, to be committed. It is not as cxlink"
        " writes it, perhaps after a merge. It is never overwritten then.",
        "Take its last version from version control, or move it away.",
    ),
    "CX591": (
        "Whom a change reached, or a claim is about, cannot be understood",
        "exposed and among are conditions on columns of the customers export, such as region = 'EU' and plan <> 'free'."
        " Columns, values, comparisons, and, or, not, in, is null, like and between are understood; nothing else.",
        "Write it with columns of the customers export, or export a column that says who is meant.",
    ),
    "CX592": (
        "What a change did cannot be told",
        "There are too few months, customers or events on one side, nobody who was not reached, or no such component.",
        "See the reason that is given; later months may settle it.",
    ),
    "CX593": (
        "Customers were reached in few groups",
        "All customers of a region or plan were reached together. Whatever else happened to these few groups in the"
        " same months cannot be told from the change, however many customers they have.",
        "Read the figure as a description. Next time, reach some of many shops, routes or customers, drawn by lot.",
    ),
    "CX594": (
        "The groups went apart before the change",
        "Customers who were to be reached and the others developed differently in the months before already.",
        "Do not read what followed as an effect of the change.",
    ),
    "CX595": (
        "No forecast was told before a change",
        "A past change is set beside what a run before its start had forecast; there is none in its file.",
        "Name changes under [[changes]] before they are made, and commit .cxlink/forecasts.json.",
    ),
    "CX596": (
        "No change to track",
        "No change under [[changes]] has a started_on within what was observed.",
        "Give started_on, and exposed where not everybody was reached.",
    ),
}
