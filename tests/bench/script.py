"""What scripts of the bench begin and end with: a command line, and Ctrl-C without a traceback."""

import argparse
import sys
from collections.abc import Callable


def parser_for(name: str, doc: str | None) -> argparse.ArgumentParser:
    """Of `python -m tests.bench.NAME`, which its docstring's first line tells of."""
    return argparse.ArgumentParser(prog=f"python -m tests.bench.{name}", description=(doc or "").split("\n")[0])


def run_script(main: Callable[[], object]) -> None:
    """Run it to its end or to Ctrl-C."""
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
