"""Where compiled code is kept; what a damaged, foreign or unwritable cache does: nothing but compile again."""

import gc
import importlib
import os
import pkgutil
import stat
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from numba import config
from numba.core.dispatcher import Dispatcher

import lstmgen
from lstmgen.kernels.compile import CompiledWith, jit

SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from lstmgen.kernels.compile import CompiledWith
from lstmgen.kernels.elementwise import squared_norm
from numba import config
norm = squared_norm(np.arange(5, dtype=np.float32), 0, 5)
hits = sum(squared_norm.stats.cache_hits.values())
print(CompiledWith.cache_folder or "none", hits, norm == 30.0, config.CACHE_DIR or "unset", sep="|")
"""


def _run(**env):
    clean = {k: v for k, v in os.environ.items() if k not in {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}}
    told = subprocess.run([sys.executable, "-c", SCRIPT], env=clean | env, capture_output=True, text=True, check=True)
    folder, hits, right, cache_dir = told.stdout.strip().split("|")
    assert right == "True"
    return folder, int(hits), cache_dir


@pytest.mark.skipif(sys.platform != "linux", reason="the folder's parent is named by XDG_CACHE_HOME on Linux only")
def test_the_cache_is_private_used_and_forgives_damage(tmp_path):
    folder, hits, cache_dir = _run(XDG_CACHE_HOME=str(tmp_path))
    assert folder.startswith(str(tmp_path / "lstmgen" / "kernels-"))
    assert (hits, cache_dir) == (0, "unset")  # Numba's own setting is as we found it
    assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
    assert _run(XDG_CACHE_HOME=str(tmp_path))[1] == 1
    for damage in (b"", b"\x80\x05garbage"):
        for name in ("*.nbi", "*.nbc"):
            for path in (tmp_path / "lstmgen").rglob(name):
                path.write_bytes(damage)
            assert _run(XDG_CACHE_HOME=str(tmp_path))[1] == 0
    _run(XDG_CACHE_HOME=str(tmp_path))
    assert _run(XDG_CACHE_HOME=str(tmp_path))[1] == 1  # it mended itself


def test_the_users_own_cache_folder_wins(tmp_path):
    folder, _, cache_dir = _run(NUMBA_CACHE_DIR=str(tmp_path))
    assert folder.startswith(str(tmp_path / "kernels-"))
    assert cache_dir == str(tmp_path)


def test_without_a_place_to_write_there_is_no_cache(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert _run(NUMBA_CACHE_DIR=str(blocked))[:2] == ("none", 0)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="modes are POSIX")
def test_a_folder_that_others_can_write_is_not_used(tmp_path):
    folder, _, _ = _run(NUMBA_CACHE_DIR=str(tmp_path))
    Path(folder).chmod(0o777)
    assert _run(NUMBA_CACHE_DIR=str(tmp_path))[:2] == ("none", 0)


FALL_BACK = """
import numpy as np
from lstmgen.kernels import simd, lanes
{damage}
from lstmgen.kernels import vector
print(vector.WIDTH)
"""


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (
            "import lstmgen.kernels.compile as c; c.CompiledWith.cache_folder = None; simd.tanh = simd.exp",
            "does not agree",
        ),
        ("simd.load_vector = None", "does not build"),
    ],
)
def test_operations_that_fail_fall_back_to_plain_loops_with_a_line(damage, why, tmp_path):
    env = os.environ | {"LSTMGEN_TILE": "", "NUMBA_CACHE_DIR": str(tmp_path)}
    script = FALL_BACK.format(damage=damage)
    told = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "1"
    assert f"vector code {why}" in told.stderr


def test_lanes_that_are_none_are_a_mistake_of_the_users_with_a_way_out():
    command = [sys.executable, "-m", "lstmgen", "sample"]
    told = subprocess.run(command, env=os.environ | {"LSTMGEN_LANES": "7"}, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "LSTMGEN_LANES is '7'.\nSet it to 4, 8 or 16" in told.stderr


def test_kernels_compiled_by_several_threads_leave_numba_s_settings_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(CompiledWith, "cache_folder", str(tmp_path))
    before, start = (config.OPT, config.CACHE_DIR), Barrier(4)

    def compiled(k):
        start.wait()

        @jit
        def kernel(x):
            return x + k

        return kernel(1)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(compiled, range(4))) == [1, 2, 3, 4]
    assert before == (config.OPT, config.CACHE_DIR)
    assert len(list(tmp_path.rglob("*.nbi"))) == 1  # all are one function's, to Numba


def test_no_two_compiled_functions_have_one_name():
    """Kernels of several processes' caches are loaded into one, and call their helpers by name."""
    for module in pkgutil.walk_packages(lstmgen.__path__, "lstmgen."):
        if module.name.startswith(("lstmgen.kernels", "lstmgen.cells")):
            importlib.import_module(module.name)
    compiled = {
        id(one.py_func): (one.py_func.__module__, one.py_func.__qualname__)
        for one in gc.get_objects()
        if issubclass(type(one), Dispatcher) and one.py_func.__module__.startswith("lstmgen.")
    }
    assert len(compiled) > 60
    assert [name for name, count in Counter(compiled.values()).items() if count > 1] == []
    assert sum("token_loop[lstmgen.cells." in name for _, name in compiled.values()) == 3
    assert sum(name.endswith(" x 1]") for _, name in compiled.values()) >= 1  # tiles of the fallback
