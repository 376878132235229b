"""Starting lstmgen on several processes with the MPI of this environment, if there is one that starts."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LAUNCHER = ("PMI_", "PMIX_", "OMPI_", "PRTE_", "MPI_", "HYD", "SLURM_")
LIMIT = 120  # seconds, after which something hangs


def environment(**more: str) -> dict[str, str]:
    """This one's, without a launcher's variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_LAUNCHER)}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **more}


@functools.cache
def mpiexec() -> tuple[list[str], str]:
    """The launcher's words before -n, and why it cannot be used (empty where it can)."""
    path = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
    if path is None:
        return [], "there is no mpiexec"
    words = [path]
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    if "Open MPI" in version or "OpenRTE" in version or "prte" in version.lower():
        words += ["--oversubscribe", *(["--allow-run-as-root"] if os.getuid() == 0 else [])]
    hello = "from mpi4py import MPI; assert MPI.COMM_WORLD.size == 2"
    try:
        ran = subprocess.run(
            [*words, "-n", "2", sys.executable, "-c", hello],
            capture_output=True, text=True, env=environment(), timeout=60, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return [], "two processes do not find each other"
    if ran.returncode:
        said = (ran.stderr or ran.stdout).strip().splitlines()
        return [], f"MPI does not start: {said[-1] if said else ran.returncode}"
    return words, ""


def open_mpi_5() -> bool:
    """Whether that launcher is Open MPI's of a version that hands standard input on with faults."""
    ran = subprocess.run([mpiexec()[0][0], "--version"], capture_output=True, text=True, check=False)
    return "(Open MPI) 5." in ran.stdout


def command(processes: int, arguments: Sequence[str], module: Sequence[str] = ("lstmgen",)) -> list[str]:
    """lstmgen with these arguments on so many processes; on one without a launcher."""
    words = [sys.executable, "-m", *module, *arguments]
    return words if processes == 1 else [*mpiexec()[0], "-n", str(processes), *words]


def run(
    processes: int, arguments: Sequence[str], folder: Path, module: Sequence[str] = ("lstmgen",), stdin: str = "",
    **more: str,
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run it to its end."""
    return subprocess.run(
        command(processes, arguments, module), cwd=folder, env=environment(**more), input=stdin, text=True,
        encoding="utf-8", capture_output=True, timeout=LIMIT, check=False,
    )  # fmt: skip
