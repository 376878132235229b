"""A command on several processes: number 0 goes on with it, the others do what that one says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmgen import api
from lstmgen.kernels.threads import available_cores
from lstmgen.ranks.joining import join_ranks
from lstmgen.ranks.single import Ranks
from lstmgen.settings import TRAINING_KEYWORDS


def join_or_follow(settings: Mapping[str, Any], reads_input: bool) -> Ranks:
    """The processes that train together, for number 0; the others return from here no more.

    Before anything else, so that no error of number 0 leaves the others waiting for it to join them.
    """
    ranks = join_ranks(available_cores(), reads_input)
    if ranks.rank:
        api.follow(ranks, **{name: value for name, value in settings.items() if name in TRAINING_KEYWORDS})
    return ranks
