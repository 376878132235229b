"""What holds for all tests: signals that a shell has ignored are heard, and no example has a time limit.

And their order. Two processes may share the files (`make tests`), each taking the next one when it has done its own:
the first compiles every kernel of training for all others, while the second is at those that need none.
"""

import pytest
from hypothesis import settings

from tests.campaigns.launch import heed_signals

settings.register_profile("unhurried", deadline=None)  # no test depends on how fast the machine is
settings.load_profile("unhurried")

_COMPILES = "tests/training/test_probe.py"
_LONG = ("tests/network/", "tests/training/", "tests/cli/test_signals", "tests/text/test_whitespace")
_NO_KERNELS = ("tests/text/", "tests/render/", "tests/corpora/", "tests/modelfile/", "tests/test_")


def _place(item: pytest.Item) -> int:
    if item.nodeid.startswith(_COMPILES):
        return 0
    if item.nodeid.startswith(_LONG):
        return 2
    return 1 if item.nodeid.startswith(_NO_KERNELS) else 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What others wait for first, then what needs no kernels, then long files, so that none ends alone."""
    items.sort(key=_place)


def pytest_sessionstart() -> None:
    """Before anything is started: what nohup or a shell's background has ignored, the tests' programs hear."""
    heed_signals()
