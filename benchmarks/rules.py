"""The rules engine beside Python's ``re``, pattern by pattern, over the same folded comments in one run.

    python -m benchmarks.rules                       # a million made-up comments, twelve causes
    python -m benchmarks.rules --comments 100000

Comments are English sentences of some 12 words, each with a number, so that none is like another; a fourth complains.
Times are those of the process, whatever else the machine does. ``re`` searches each pattern in each comment, as a
tagger of a list of patterns does; what it finds must be what RE2 finds. Where the words stand, folding and polarity are
measured beside it: they are the rest of what tagging takes.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Sequence

import numpy as np

from cxlink.tag.match import Tagger
from cxlink.tag.normalise import fold_text
from cxlink.tag.read_taxonomy import read_taxonomy
from cxlink.tag.rule_set import RuleGroup
from cxlink.tag.taxonomy import Rule, Taxonomy

N_CAUSES = 12
COMPLAINTS = (
    "the delivery was three days late",
    "my parcel never arrived",
    "the box came broken",
    "you sent the wrong colour",
    "i was charged twice this month",
    "there was a hidden fee",
    "still waiting for my refund",
    "my card was declined",
    "the app crashes when i open it",
    "i cannot log in",
    "nobody answers the phone",
    "the agent was rude to me",
)
WORDS = """
today yesterday again really quite very nice shop order product price friend house garden blue green small large family
week month year people good fine okay service visit morning evening call letter number street
"""


def make_comments(n: int, rng: np.random.Generator) -> list[str]:
    """Sentences of common words, a third of them with a complaint in the middle."""
    common = np.array(WORDS.split())
    words = common[rng.integers(0, len(common), (n, 8))]
    which = rng.integers(0, 3 * len(COMPLAINTS), n)
    return [
        " ".join([*row[:4], COMPLAINTS[k] if k < len(COMPLAINTS) else "all is well", *row[4:], str(number)])
        for number, (row, k) in enumerate(zip(words.tolist(), which.tolist(), strict=True))
    ]


def english_rules(taxonomy: Taxonomy) -> list[Rule]:
    """Patterns of the first twelve causes."""
    causes = [(cause.component, cause.name) for cause in taxonomy.causes if not cause.intent][:N_CAUSES]
    return [rule for rule in taxonomy.rules if rule.language == "en" and (rule.component, rule.cause) in causes]


def find_with_filter(rules: Sequence[Rule], texts: Sequence[str]) -> list[list[int]]:
    """Rules met by each text, by one filter of all."""
    group = RuleGroup("", rules)
    return [group.meet(text) for text in texts]


def find_with_spans(rules: Sequence[Rule], texts: Sequence[str]) -> int:
    """The same, and where each phrase stands."""
    group = RuleGroup("", rules)
    return sum(len(group.find(text)) for text in texts)


def find_with_re(rules: Sequence[Rule], texts: Sequence[str]) -> list[set[int]]:
    """Rules met by each text, by one search a pattern."""
    found: list[set[int]] = [set() for _ in texts]
    for place, rule in enumerate(rules):
        search = re.compile(rule.expression).search
        for text, met in zip(texts, found, strict=True):
            if search(text) is not None:
                met.add(place)
    return found


def main() -> None:
    """Print times and ratios; fails where the answers differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=int, default=1_000_000)
    n = parser.parse_args().comments
    taxonomy = read_taxonomy()
    rules = english_rules(taxonomy)
    comments = make_comments(n, np.random.default_rng(1))
    began = time.process_time()
    texts = [fold_text(comment) for comment in comments]
    folding = time.process_time() - began
    began = time.process_time()
    ours = find_with_filter(rules, texts)
    filter_seconds = time.process_time() - began
    began = time.process_time()
    find_with_spans(rules, texts)
    span_seconds = time.process_time() - began
    began = time.process_time()
    theirs = find_with_re(rules, texts)
    re_seconds = time.process_time() - began
    if [set(met) for met in ours] != theirs:
        raise SystemExit("RE2 and re find different rules")
    tagger = Tagger(taxonomy)
    began = time.process_time()
    tagged = sum(bool(tagger.tag(comment)) for comment in comments)
    whole = time.process_time() - began
    print(f"{n:,} comments, {len(rules)} patterns of {N_CAUSES} causes, {sum(map(bool, ours)):,} comments met")
    print(f"re, pattern by pattern      {re_seconds:8.1f} s   {n / re_seconds:10,.0f} comments/s")
    print(f"one RE2 filter              {filter_seconds:8.1f} s   {n / filter_seconds:10,.0f} comments/s")
    print(f"  and where they stand      {span_seconds:8.1f} s   {n / span_seconds:10,.0f} comments/s")
    print(
        f"re / RE2: {re_seconds / filter_seconds:.1f} times, the same answers;"
        f" {re_seconds / span_seconds:.1f} with places"
    )
    print(f"folding                     {folding:8.1f} s   {n / folding:10,.0f} comments/s")
    print(
        f"all of tagging, all {len(taxonomy.rules):,} patterns of {len(taxonomy.languages)} languages"
        f" {whole:8.1f} s   {n / whole:10,.0f} comments/s, {tagged:,} tagged"
    )


if __name__ == "__main__":
    main()
