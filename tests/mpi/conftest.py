"""Where MPI cannot start, these tests are skipped, and the reason is said."""

import pytest

from tests.mpi.launch import mpiexec


@pytest.fixture(autouse=True, scope="package")
def _mpi_starts() -> None:
    why = mpiexec()[1]
    if why:
        pytest.skip(f"{why}: pip install '.[test-mpi]'")
