"""What holds for all tests: signals that a shell has ignored are heard, and no example has a time limit."""

from hypothesis import settings

from tests.campaigns.launch import heed_signals

settings.register_profile("unhurried", deadline=None)  # no test depends on how fast the machine is
settings.load_profile("unhurried")


def pytest_sessionstart() -> None:
    """Before anything is started: what nohup or a shell's background has ignored, the tests' programs hear."""
    heed_signals()
