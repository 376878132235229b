"""The chain of predictions for other programs: every link with what was predicted at it."""

from __future__ import annotations

from typing import Any

from lstmgen.inspect.common.data import Table
from lstmgen.inspect.unroll.measure import Chain, carried_names


def chain_facts(chain: Chain) -> dict[str, Any]:
    """All links, and what goes from one to the next."""
    return {
        "cell": chain.cell,
        "vocabulary": chain.vocabulary,
        "carried": carried_names(chain.cell),
        "links": chain.links,
    }


def chain_table(chain: Chain) -> Table:
    """A row for each link and predicted token."""
    rows = (
        [step - 1, link.token, link.id, link.own, rank, guess.token, guess.id, guess.p, link.next_p]
        for step, link in enumerate(chain.links)
        for rank, guess in enumerate(link.predicted)
    )
    columns = ["position", "token", "id", "own", "rank", "predicted", "predicted_id", "p", "p_of_next"]
    return Table(columns, rows)
