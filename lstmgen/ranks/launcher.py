"""What a launcher's variables say of this process. They are asked instead of MPI, which must not be loaded to know.

MPICH, Intel MPI and MS-MPI say PMI_RANK and PMI_SIZE, Open MPI OMPI_COMM_WORLD_RANK and _SIZE, whatever speaks PMIx
PMIX_RANK, and Slurm SLURM_PROCID and SLURM_NTASKS whether or not its processes can find each other.
"""

from __future__ import annotations

import os

_SIZES = ("PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE")
_RANKS = ("PMI_RANK", "OMPI_COMM_WORLD_RANK", "MV2_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID")
_LOCAL_RANKS = ("MPI_LOCALRANKID", "OMPI_COMM_WORLD_LOCAL_RANK", "MV2_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID")
_TASKS = ("SLURM_STEP_NUM_TASKS", "SLURM_NTASKS")


def _number(names: tuple[str, ...], otherwise: int) -> int:
    """The first of these variables that is a whole number."""
    values = (os.environ.get(name, "") for name in names)
    return next((int(value) for value in values if value.isascii() and value.isdigit()), otherwise)


def world_announced() -> int:
    """How many processes were started together and can find each other; 1 where no launcher says so."""
    size = _number(_SIZES, 0)
    return size or (slurm_tasks() if "PMIX_RANK" in os.environ else 1)


def slurm_tasks() -> int:
    """How many tasks Slurm runs, of this step or else of the job."""
    return _number(_TASKS, 1)


def with_others() -> bool:
    """Whether a launcher has started others too, be they to be found or not."""
    return max(world_announced(), slurm_tasks()) > 1


def launched_rank() -> int:
    """This process's number among those started together; 0 for one that was started alone."""
    return _number(_RANKS, 0) if with_others() else 0


def loses_input() -> bool:
    """Whether the launcher hands standard input on with faults.

    Open MPI 5's never says that it has ended (5.0.11), and may repeat parts of a long one (openpmix/prrte 2579).
    """
    return os.environ.get("OMPI_VERSION", "").startswith("5.")


def longest_wait(otherwise: float) -> float:
    """Seconds, if LSTMGEN_RANKS_WAIT does not say it."""
    return float(os.environ.get("LSTMGEN_RANKS_WAIT", otherwise))


def rank_variable() -> str:
    """The one that says this process's number, or none."""
    return next((name for name in _RANKS if name in os.environ), "")


def first_on_its_machine() -> bool:
    """Whether no other rank on this machine comes before this one, as far as the launcher says."""
    return _number(_LOCAL_RANKS, launched_rank()) == 0
