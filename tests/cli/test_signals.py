"""A signal at any moment ends the program, with its code, one sentence and nothing lost."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lstmgen.settings import ModelSettings
from lstmgen.training.probe import compile_kernels
from tests.campaigns.launch import Forks
from tests.campaigns.signals import campaign
from tests.campaigns.works import QUICK
from tests.cli.running import ROOT, environment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")

TEXT = "the cat saw the dog and the dog saw the cat. " * 40
TRAIN = ["train", "tale.txt", "--steps", "5", "--hidden-size", "8", "--seed", "1", "--threads", "1", "-o", "m.npz"]

# The signal comes as a module's import begins, whichever moment of the clock that is.
AT_AN_IMPORT = """
import os, sys
number, module = int(sys.argv.pop(1)), sys.argv.pop(1)
class Strike:
    def find_spec(self, name, path=None, target=None):
        if name == module:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), number)
sys.meta_path.insert(0, Strike())
from lstmgen.cli import main
sys.exit(main())
"""

# A fork for each kernel that is loaded: the signal comes in Numba's cache, or in LLVM's callback into Python.
AT_EACH_KERNEL = """
import os, signal, sys
from numba.core import caching, codegen
which = 0
def striking(load):
    def struck(*arguments):
        global which
        which -= 1
        if which == 0:
            os.write(1, b"struck ")
            os.kill(os.getpid(), signal.SIGTERM)
        return load(*arguments)
    return struck

if sys.argv.pop(1) == "cache":
    caching.Cache.load_overload = striking(caching.Cache.load_overload)
else:
    library = codegen.CPUCodeLibrary
    library._object_getbuffer_hook = staticmethod(striking(library._object_getbuffer_hook))
import contextlib
from lstmgen.cli import main
with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
    main(["train", "none.none"])  # all is loaded by that, but no kernel
for number in range(1, 100, int(sys.argv.pop(1))):
    child = os.fork()
    if child == 0:
        which = number
        os._exit(main(sys.argv[1:]))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(1, f"{code}\\n".encode())
    if code == 0:
        break
"""


@pytest.fixture
def tale(tmp_path: Path) -> Path:
    (tmp_path / "tale.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """On this machine's disk."""
    compile_kernels(ModelSettings(), 1, True)


def run_code(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=120, check=False)


def test_twenty_signals_at_random_moments() -> None:
    with Forks() as launch:
        cases = list(campaign(20, 8, [launch], QUICK))
    assert [str(case) for case in cases if case.faults] == []
    assert sum(case.ended.struck for case in cases) >= 5  # the others had ended: how fast a machine is may change


@pytest.mark.parametrize(
    ("number", "module"),
    [
        (signal.SIGINT, "lstmgen.cli.error_report"),  # the first after the handlers stand
        (signal.SIGTERM, "typer"),
        (signal.SIGHUP, "lstmgen.training.session"),
    ],
)
def test_while_the_program_loads(tale: Path, number: signal.Signals, module: str) -> None:
    ended = run_code(AT_AN_IMPORT, str(int(number)), module, *TRAIN, cwd=tale)
    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + number, "", "Interrupted.\n")
    assert [path.name for path in tale.iterdir()] == ["tale.txt"]


def test_what_loads_before_the_handlers_stand_is_next_to_nothing() -> None:
    code = "import sys; before = set(sys.modules); import lstmgen.cli; print(*sorted(set(sys.modules) - before))"
    ended = run_code(code, cwd=ROOT)
    light = ["lstmgen", "lstmgen.cli", "lstmgen.signals", "lstmgen.version"]
    assert ended.stdout.split() == ["__future__", *light]


@pytest.mark.parametrize(("where", "step"), [("cache", 2), ("callback", 4)])
def test_whichever_kernel_is_loaded(tale: Path, where: str, step: int) -> None:
    ended = run_code(AT_EACH_KERNEL, where, str(step), *TRAIN, "--force", cwd=tale)
    *struck, last = ended.stdout.splitlines()
    assert len(struck) >= 8 // step  # kernels
    assert set(struck) == {"struck 143"}
    assert last == "0"  # there was no further one
    assert ended.stderr.count("Interrupted.\n") == len(struck)
    assert not re.search("Traceback|Exception ignored|plain loops|Compiled the kernels", ended.stderr)
