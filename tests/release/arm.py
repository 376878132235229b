"""Runs the kernels' tests on an emulated 64-bit ARM CPU: `python tests/release/arm.py`. Debian or Ubuntu, x86-64.

Nothing is installed: QEMU's user emulation, Debian's Python for arm64 and its libraries come with apt and the packages
with pip, into one folder, which is kept for the next time. Emulated code, the compiler's too, runs some ten times
slower: the kernels take two minutes of CPU. --network also holds the LSTM's training and writing to the naive twin.
A test that starts a process of its own is left out: the kernel would not emulate that one.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LIBRARIES = (
    "libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libbz2-1.0", "liblzma5", "libffi8", "libssl3", "libexpat1",
    "libuuid1", "libcrypt1", "libsqlite3-0", "libncursesw6", "libtinfo6", "libreadline8", "libdb5.3", "libnsl2",
    "libtirpc3",
)  # fmt: skip
TESTS = ("test_simd.py", "test_product.py", "test_denormals.py", "test_bf16.py")
OWN_PROCESS = "emitted_tile_has"  # a test that starts one


def run(*command: str | Path, **more: str) -> str:
    """Standard output; whatever goes wrong ends the program with its words."""
    ran = subprocess.run(
        [str(part) for part in command], env=os.environ | more, stdout=subprocess.PIPE, encoding="utf-8", check=False
    )
    if ran.returncode:
        sys.exit(f"{' '.join(map(str, command))[:300]}\nended with {ran.returncode}")
    return ran.stdout


def apt(folder: Path) -> list[str]:
    """apt's options by which it knows both architectures and touches nothing outside `folder`."""
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    settings = (
        f"Dir::State={folder / 'state'}", f"Dir::State::status={folder / 'status'}", f"Dir::Cache={folder / 'cache'}",
        "APT::Architecture=amd64", "APT::Architectures::=amd64", "APT::Architectures::=arm64",
    )  # fmt: skip
    return [part for setting in settings for part in ("-o", setting)]


def fetch_system(folder: Path) -> None:
    """QEMU, and an arm64 Python with its libraries, unpacked in root/ below `folder`."""
    options, packages = apt(folder), folder / "packages"
    run("apt-get", *options, "update", "-qq")
    about = run("apt-cache", *options, "show", "python3:arm64")
    version = re.findall(r"^Version: (\d+\.\d+)", about, re.MULTILINE)[0]
    python = [f"python{version}-minimal", f"libpython{version}-minimal", f"libpython{version}-stdlib"]
    wanted = ["qemu-user-static:amd64", *(f"{name}:arm64" for name in (*python, *LIBRARIES))]
    packages.mkdir(exist_ok=True)
    subprocess.run(["apt-get", *options, "download", "-qq", *wanted], cwd=packages, check=True)
    for package in packages.glob("*.deb"):
        run("dpkg-deb", "-x", package, folder / "unpacked")
    (folder / "unpacked").rename(folder / "root")


def fetch_packages(folder: Path, version: str) -> None:
    """The wheels for arm64, unpacked in site/ below `folder`; pip itself runs on this machine."""
    platforms = ["manylinux_2_17_aarch64", "manylinux2014_aarch64", "manylinux_2_27_aarch64", "manylinux_2_28_aarch64"]
    run(
        sys.executable, "-m", "pip", "install", "--quiet", "--target", folder / "wheels", "--only-binary=:all:",
        "--upgrade", "--implementation", "cp", "--python-version", version,
        *(part for platform in platforms for part in ("--platform", platform)),
        *PROJECT["dependencies"], "pytest", "hypothesis", "pexpect", "psutil",
    )  # fmt: skip
    (folder / "wheels").rename(folder / "site")


def main() -> int:
    """pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=Path, default=Path.home() / ".cache" / "lstmgen-arm", help="where all of it goes"
    )
    parser.add_argument("--network", action="store_true", help="also the network against the naive twin")
    asked = parser.parse_args()
    folder = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    root = folder / "root"
    if not root.is_dir():
        fetch_system(folder)
    interpreter = next(path for path in root.glob("usr/bin/python3.*") if path.name[-1].isdigit())
    if not (folder / "site").is_dir():
        fetch_packages(folder, interpreter.name.removeprefix("python"))
    python = [root / "usr/bin/qemu-aarch64-static", "-L", root, interpreter]
    environment = {
        "PYTHONHOME": str(root / "usr"),
        "PYTHONPATH": f"{folder / 'site'}:{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NUMBA_CACHE_DIR": str(folder / "kernels"),
    }
    os.chdir(ROOT)
    show = "import platform; from lstmgen.kernels import lanes; print(platform.machine(), lanes.LANES, lanes.TILE_ROWS)"
    print(run(*python, "-c", show, **environment), end="", flush=True)
    tests = [f"tests/kernels/{name}" for name in TESTS]
    command = [*python, "-m", "pytest", "-p", "no:cacheprovider", "-k", f"not ({OWN_PROCESS})", *tests]
    code = subprocess.run(list(map(str, command)), env=os.environ | environment, check=False).returncode
    if asked.network and code == 0:
        print(run(*python, "-m", "tests.network.selection", "lstm", **environment), end="")
    return code


if __name__ == "__main__":
    sys.exit(main())
