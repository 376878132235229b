"""Whether this process is alone or one of several, and the errors of those that cannot be what they were meant to."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from lstmgen.errors import UsageError
from lstmgen.ranks.launcher import launched_rank, longest_wait, loses_input, slurm_tasks, world_announced
from lstmgen.ranks.single import Ranks, SingleProcess
from lstmgen.ranks.world import remember
from lstmgen.signals import let_others_end_first, release_signals

_LONGEST = 120.0  # seconds for all to come, unless LSTMGEN_RANKS_WAIT says it; on a large machine they come slowly
_INSTALL = 'Install it on every machine: pip install "lstmgen[mpi]"'


def join_ranks(cores: int, reads_input: bool = False) -> Ranks:
    """The ranks that the launcher has started, or a single process. MPI is loaded only where there are several.

    cores: that this process may use. reads_input: whether the command reads standard input. Raises UsageError where
    several were meant and cannot find each other, or cannot do what is asked for.
    """
    if launched_rank():
        let_others_end_first()
    try:
        ranks = _joined(cores) if world_announced() > 1 else SingleProcess(cores)
    finally:
        release_signals()
    if ranks.size == 1 and slurm_tasks() > 1:
        raise UsageError(
            f"Slurm has started {slurm_tasks()} tasks that do not find each other: each would train alone.\n"
            "Use srun --mpi=pmi2 with MPICH, --mpi=pmix with Open MPI; or mpiexec; or one task: srun --ntasks=1"
        )
    if ranks.rank:
        return ranks  # the others wait for what number 0 says
    if ranks.size > 1 and reads_input and loses_input():
        raise UsageError(
            "Open MPI 5 does not tell its processes when standard input has ended, so they would wait for ever.\n"
            "Save the text in a file and name that, or use the mpiexec of MPICH."
        )
    if ranks.size.bit_count() != 1:
        below = 1 << (ranks.size.bit_length() - 1)
        raise UsageError(
            f"The number of processes must be a power of two, not {ranks.size}.\n"
            f"Start {below} or {2 * below}: mpiexec -n {2 * below}"
        )
    return ranks


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """The system ends this process where it takes longer: nothing of Python runs while MPI waits for all to come."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _joined(cores: int) -> Ranks:
    try:
        with _limited(longest_wait(_LONGEST)):
            from lstmgen.ranks.mpi import MpiRanks  # here, so that nothing but a launcher's process ever loads MPI
    except ImportError as error:
        raise UsageError(
            f"{world_announced()} processes were started together, but mpi4py is missing ({error}).\n{_INSTALL}"
        ) from error
    except RuntimeError as error:  # mpi4py's, where no library of MPI can be loaded
        raise UsageError(f"mpi4py cannot load MPI: {str(error).splitlines()[0]}\n{_INSTALL}") from error
    ranks = MpiRanks(cores)
    remember(ranks)
    return ranks
