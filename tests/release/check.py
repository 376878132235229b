"""Before a release: builds the wheel and the source package and tries both in clean environments. `make release-check`

Every Python from 3.11 on that is found (pyenv's versions, python3.X on the PATH) gets each of the two in an environment
of its own, and once the lowest versions of numpy, numba, rich and typer that pyproject.toml allows. In each: the
version, twenty updates on a shipped text, new text, a picture, a page that writes, and README's reading of the model
with numpy alone. Prints a row for each and ends with 1 where anything failed. Needs nothing but Python and what pip can
fetch.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OLDEST = (3, 11)
FOR_LOWEST = ("3.11", "3.12")  # Pythons for which the lowest versions have wheels
VERSIONS = """\
import hashlib, sys
from importlib.metadata import version
import numpy as np
p = np.load("models/storybook.npz", allow_pickle=False)
names = [name for name in p.files if name.startswith(("layers", "output", "embedding"))]
digest = hashlib.sha256(b"".join(p[name].tobytes() for name in names)).hexdigest()[:12]
print(sys.version.split()[0], *(f"{name} {version(name)}" for name in ("numpy", "numba", "rich", "typer")), digest)
"""


class Failed(Exception):
    """A command that did not do what it should; its words say which and what came."""


def run(*command: str | Path, cwd: Path, says: str = "", timeout: int = 900) -> str:
    """Standard output; Failed where the command fails, is silent, or does not say what it should."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"XDG_CACHE_HOME": str(cwd / "cache"), "PYTHONUTF8": "1"}
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    shown = " ".join(Path(str(part)).name if index == 0 else str(part) for index, part in enumerate(command))
    if ran.returncode:
        raise Failed(f"{shown[:200]}\nexit code {ran.returncode}\n{ran.stdout[-2000:]}{ran.stderr[-4000:]}")
    if says not in ran.stdout:
        raise Failed(f"{shown[:200]}\nprinted, where {says!r} was expected:\n{ran.stdout[-2000:]}")
    return ran.stdout


def pythons() -> dict[str, Path]:
    """Version ("3.12") -> an interpreter of it that runs, for each from 3.11 on; the newest micro version."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    on_path = (shutil.which(f"python3.{minor}") for minor in range(OLDEST[1], 30))
    candidates = [*pyenv.glob("3.*/bin/python"), *filter(None, on_path), sys.executable]
    best: dict[str, tuple[tuple[int, ...], Path]] = {}
    for candidate in candidates:
        question = [str(candidate), "-c", "import sys, venv; print(*sys.version_info[:3], sys._base_executable)"]
        answer = subprocess.run(question, capture_output=True, encoding="utf-8", check=False)
        if answer.returncode:
            continue  # one of pyenv's shims whose version is not chosen
        *numbers, path = answer.stdout.strip().split(" ", 3)
        version = tuple(map(int, numbers))
        name = f"{version[0]}.{version[1]}"
        if version >= OLDEST and (name not in best or version > best[name][0]):
            best[name] = (version, Path(path))
    return {name: best[name][1] for name in sorted(best, key=lambda name: best[name][0])}


def environment(python: Path, folder: Path) -> Path:
    """The interpreter of a new virtual environment."""
    run(python, "-m", "venv", folder, cwd=folder.parent)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(python: Path, *what: str | Path, cwd: Path) -> None:
    """With pip, which then finds nothing that does not fit together."""
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what, cwd=cwd)
    run(python, "-m", "pip", "--disable-pip-version-check", "check", cwd=cwd)


def build(folder: Path) -> dict[str, Path]:
    """The wheel and the source package, both of which twine finds in order."""
    python = environment(Path(sys.executable), folder / "tools")
    install(python, "build", "twine", cwd=folder)
    run(python, "-m", "build", "--outdir", folder / "dist", ROOT, cwd=folder)
    wheel, source = [next((folder / "dist").glob(ending)) for ending in ("*.whl", "*.tar.gz")]
    print(run(python, "-m", "twine", "check", "--strict", wheel, source, cwd=folder), end="", flush=True)
    return {"wheel": wheel, "sdist": source}


def readme_reading() -> str:
    """The code in README that reads a model with numpy alone and writes 300 tokens."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (reading,) = (block for block in blocks if "allow_pickle=False" in block)
    return reading


def try_out(python: Path, folder: Path) -> str:
    """The smoke test, in an empty folder: what was installed, and a digest of the weights after twenty updates."""
    program = [python, "-m", "lstmgen"]
    command = python.with_name("lstmgen.exe" if os.name == "nt" else "lstmgen")
    run(command, "--version", cwd=folder, says=f"lstmgen {PROJECT['version']}\n")
    run(*program, "sample", "-m", "ready", "--length", "50", cwd=folder, says=" ")  # the model that comes with it
    run(*program, "train", "storybook", "--steps", "20", "--hidden-size", "64", "--seed", "1", cwd=folder)
    written = run(*program, "sample", "-p", "Once upon a time", "--length", "80", "--seed", "1", cwd=folder)
    if len(written.rstrip("\n")) < len("Once upon a time") + 70:
        raise Failed(f"lstmgen sample wrote only {written!r}")
    run(*program, "inspect", "gates", "--text", "The fox said nothing.", cwd=folder, says="input gate")
    run(*program, "inspect", "gates", "-o", "gates.svg", cwd=folder)
    if "</svg>" not in (folder / "gates.svg").read_text(encoding="utf-8"):
        raise Failed("gates.svg is no picture")
    run(*program, "export", "-o", "page.html", cwd=folder)
    if "</html>" not in (folder / "page.html").read_text(encoding="utf-8"):
        raise Failed("page.html is no page")
    run(*program, "export", "-o", "module.py", cwd=folder)
    compile((folder / "module.py").read_text(encoding="utf-8"), "module.py", "exec")
    if not (folder / "module.safetensors").is_file():
        raise Failed("module.py came without its weights")
    if len(run(python, "-c", readme_reading(), cwd=folder)) != 300:
        raise Failed("README's numpy reading did not write 300 characters")
    return run(python, "-c", VERSIONS, cwd=folder).strip()


def cases(found: dict[str, Path], packages: dict[str, Path]) -> Iterator[tuple[str, Path, list[str | Path]]]:
    """What is tried: its name, the Python, and what is installed."""
    for version, python in found.items():
        for kind, package in packages.items():
            yield f"{version} {kind}", python, [package]
    lowest = [need.replace(">=", "==") for need in PROJECT["dependencies"]]
    for version in FOR_LOWEST:
        if version in found:
            yield f"{version} wheel, lowest versions", found[version], [packages["wheel"], *lowest]
            return


def main() -> int:
    """The exit code: 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", metavar="TEXT", default="", help='only cases whose name has this, as "3.12" or "lowest"'
    )
    wanted = parser.parse_args().only
    failures = 0
    with tempfile.TemporaryDirectory(prefix="lstmgen-release-") as name:
        base = Path(name)
        for label, python, what in cases(pythons(), build(base)):
            if wanted not in label:
                continue
            folder, begin = base / re.sub(r"\W+", "-", label), time.perf_counter()
            folder.mkdir()
            try:
                installed = environment(python, folder / "venv")
                install(installed, *what, cwd=folder)
                told = "passed: " + try_out(installed, folder)
            except (Failed, subprocess.TimeoutExpired) as error:
                told, failures = f"FAILED: {error}", failures + 1
            print(f"{label:28} {told}  ({time.perf_counter() - begin:.0f} s)", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
