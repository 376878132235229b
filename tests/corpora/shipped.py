"""The shipped corpora as the tests read them."""

import json
import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "corpora"
INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))


def text(name: str) -> str:
    return (FOLDER / INDEX[name]["file"]).read_bytes().decode("utf-8")


def made_anew(name: str, hash_seed: str) -> bytes:
    """The corpus from its generator, in a Python of its own that orders its sets differently."""
    code = "import sys; from make_all import text_of; sys.stdout.buffer.write(text_of(sys.argv[1]).encode())"
    run = [sys.executable, "-B", "-c", code, name]
    return subprocess.run(
        run, cwd=FOLDER, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, check=True
    ).stdout
