"""Every error a user can cause, as one tree.

    LstmgenError                  exit code
    ├── UsageError                2   a wrong option, a missing path, a refusal
    ├── TextError                 3   the text cannot be used
    ├── ModelFileError            4   the model or state file cannot be used
    ├── ResourceError             5   disk, memory or permission
    ├── DivergedError             6   training diverged; the last good state is saved
    └── InterruptedTraining     130   a signal asked to stop (SIGTERM: 143); the state is saved

A message says what is wrong and, in its last line, the way out. Whatever else reaches the top is a bug of ours: 1.
"""


class LstmgenError(Exception):
    """What every error of this package is; `exit_code` is what the command line ends with."""

    exit_code = 1


class UsageError(LstmgenError):
    """An option out of range, a path that is not there, or something we refuse to do without being told to."""

    exit_code = 2


class TextError(LstmgenError):
    """The corpus or prompt cannot be used: undecodable, empty, or changed since it was recorded."""

    exit_code = 3


class ModelFileError(LstmgenError):
    """A model or state file that is cut, damaged, foreign, or newer than this program."""

    exit_code = 4


class ResourceError(LstmgenError):
    """Not enough disk or memory, or no permission."""

    exit_code = 5


class DivergedError(LstmgenError):
    """Loss, gradients or weights stayed non-finite whatever was tried."""

    exit_code = 6


class InterruptedTraining(LstmgenError):
    """A signal asked to stop; 130 for SIGINT, 143 for SIGTERM."""

    exit_code = 130

    def __init__(self, message: str = "interrupted", exit_code: int = 130) -> None:
        super().__init__(message)
        self.exit_code = exit_code
