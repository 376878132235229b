"""What a shell's background or nohup has ignored for the tests, the programs that they start hear all the same."""

from tests.campaigns.launch import heed_signals


def pytest_sessionstart() -> None:
    """Before anything is started."""
    heed_signals()
