"""How far back a model sees, in a sentence for beginners."""

from __future__ import annotations

from lstmgen.inspect.common.choices import choices
from lstmgen.inspect.reach.measure import Reach
from lstmgen.inspect.reach.picture import ReachSubject


def reach_summary(reach: Reach, subject: ReachSubject) -> str:
    """From where on the past no longer helps, and what little of it costs, as so many equally likely choices."""
    used, first = reach.used(), reach.contexts[0]
    far = reach.contexts[-1].k if used is None else used
    head = (
        f"even what stood more than {subject.count(far)} ago still helps it"
        if used is None
        else f"what stood more than {subject.count(far)} ago hardly helps it any more"
    )
    last = f"last {subject.count(first.k).removeprefix('1 ')}"
    return (
        f"{head}; knowing the whole text so far, it is as unsure of what comes as among {choices(reach.full)} equally "
        f"likely things, and knowing the {last} alone, as among "
        f"{choices(reach.full + first.above)}."
    )
