"""What the codes of this stage mean."""

from __future__ import annotations

CODES: dict[str, tuple[str, str, str]] = {
    "CX401": (
        "Churn is not estimable",
        "The data does not say who left when, or too few left. A gap between orders is not an end.",
        "See what the message needs: end dates of subscriptions, or a longer observed window.",
    ),
    "CX402": (
        "Adjusted for tenure and calendar only",
        "No attribute of customers is adjusted for. If one kind of customer both meets more incidents and leaves more"
        " often anyway, the incidents take the blame.",
        "Name such attributes in [model] adjust_for.",
    ),
    "CX403": (
        "Left out of the churn model",
        "A column repeats another one, is constant, or has no leaver on one side: its coefficient does not exist.",
        "Remove the attribute from [model] adjust_for, or merge its rare values.",
    ),
    "CX404": (
        "Leaving may come before the complaint",
        "Incidents of the last month raise the hazard far more than those of the two months before. So it looks when"
        " customers first decide to leave and then write in about it. The older incidents are taken instead.",
        "Give cancellation requests a tag of their own (intent: cancellation), so that they are no incidents.",
    ),
    "CX405": (
        "Few leavers for each coefficient",
        "With fewer than ten leavers a coefficient, ratios are pulled away from one and intervals are too narrow. Below"
        " five there is no model.",
        "Take attributes out of [model] adjust_for, or observe a longer window.",
    ),
    "CX406": (
        "Ratios by tenure could not be fitted",
        "The model in which each component has another ratio in each period of tenure has no maximum.",
        "Nothing to do.",
    ),
    "CX407": (
        "Not corrected by labels",
        "There are labels, but too few of leavers, or of customers who met a component, to tell from them how much the"
        " tagger's mistakes move the hazard ratios. They are those of the tagger's incidents.",
        "Have more customers' records read: cxlink tag review.",
    ),
}
