"""Arrays in, arrays filled: everything that is compiled lives here and in `cells/`."""

from __future__ import annotations

import os

from lstmgen.errors import UsageError


def _check_settings_of_numba() -> None:
    """UsageError for what Numba itself would end in, or complain of, with a traceback."""
    for name, least in (("NUMBA_NUM_THREADS", 1), ("NUMBA_DISABLE_JIT", 0)):
        value = os.environ.get(name)
        if value is not None and not (value.strip().isdecimal() and int(value) >= least):
            numbers = "1 or more" if least else "0 or 1"
            raise UsageError(f"{name} is {value!r}.\nSet it to {numbers}, or leave it out.")


_check_settings_of_numba()
