"""Help, version and completion answer at once: they load neither numpy nor numba."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import lstmgen

ROOT = Path(__file__).parents[1]
HEAVY = """
import os, sys
from lstmgen.cli import main
sys.argv = ["lstmgen", *sys.argv[1:]]
try:
    code = main()
except SystemExit as error:
    code = error.code
heavy = {"numpy", "numba", "llvmlite"} & set(sys.modules)
print("code", code, *sorted(heavy), file=sys.stderr)
"""


def light_run(arguments: list[str], folder: Path, **environment: str) -> str:
    """Run the command line in a fresh process; what it prints, if it ended well and loaded nothing heavy."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("_LSTMGEN", "COMP_"))}
    run = subprocess.run(
        [sys.executable, "-c", HEAVY, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        timeout=120,
        check=False,
    )
    assert run.stderr.splitlines()[-1:] == ["code 0"], run.stderr
    return run.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["train", "--help"],
        ["sample", "--help"],
        ["inspect", "--help"],
        ["inspect", "step", "--help"],
        ["export", "--help"],
        ["export", "--list"],
        ["list", "--help"],
        ["rm", "--help"],
    ],
)
def test_help_is_light(arguments: list[str], tmp_path: Path) -> None:
    shown = light_run(arguments, tmp_path)
    assert "Usage" in shown or ".html" in shown
    assert (
        arguments == ["--help"]
        or "--model" in shown
        or "CORPUS" in shown
        or "gates" in shown
        or "lstmgen list" in shown
        or ".html" in shown
        or "NAME" in shown
    )


def test_models_are_listed_without_compiling_anything(tmp_path: Path) -> None:
    code = "import sys; from lstmgen.cli import main; main(['list']); assert 'numba' not in sys.modules"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert run.stdout.split()[7] == "ready"


def test_version_is_light(tmp_path: Path) -> None:
    assert light_run(["--version"], tmp_path).strip() == f"lstmgen {lstmgen.__version__}"


@pytest.mark.parametrize(
    ("line", "expected"),
    [("lstmgen tr", "train"), ("lstmgen sample --temp", "--temperature"), ("lstmgen inspect ", "gates")],
)
def test_completion_is_light(line: str, expected: str, tmp_path: Path) -> None:
    shown = light_run(
        [],
        tmp_path,
        _LSTMGEN_COMPLETE="complete_bash",
        COMP_WORDS=line,
        COMP_CWORD=str(len(line.split(" ")) - 1),
    )
    assert expected in shown.split()


def test_the_package_itself_is_light() -> None:
    code = "import lstmgen, sys; assert not {'numpy', 'numba', 'rich', 'typer'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
