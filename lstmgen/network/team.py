"""Threads that share every time step of a layer: which part of its panels is whose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstmgen.cells.records import Team


@dataclass(frozen=True)
class TeamMember:
    """One thread of a team, number 0, 1, ..., with its share of a layer's panels."""

    team: Team
    number: int = 0

    def share(self, panels: int) -> tuple[int, int]:
        """The first panel and the one after the last."""
        return panels * self.number // self.team.size, panels * (self.number + 1) // self.team.size


ALONE = TeamMember(Team(1, np.zeros(1, np.int64)))
