"""Run the commands that README shows with their output ("    $ lstmgen ...") and put what they print in its place.

    python -m tests.bench.readme [--only train]

and draw its pictures anew (.github/pictures).

Runs them in a new folder, in README's order, on an 80 x 24 terminal's width. Of a training table the first and the last
rows are kept. Takes the time that the shown trainings take.
"""

import argparse
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SHOWN = "    $ "
PICTURES = {
    "step": ("step", "lesson", "Jane saw Spot. Doug saw", "--at", "5"),
    "gates": ("gates", "ready", 'The fox said, "Nothing at all," and went home to the hill.', "--units", "113,149"),
    "score": (
        "score",
        "ready",
        'The fox said, "Nothing at all," and went home. The committee postponed its decision.',
        "--no-baselines",
    ),
}  # view, model, text, further options
FIRST, LAST = 3, 2  # rows kept of a training table


def run(words: list[str], folder: Path) -> list[str]:
    """What lstmgen prints, stdout and stderr as they come."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "LINES": "24"}
    command = [sys.executable, "-m", "lstmgen", *words]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=folder, env=environment, check=True, **both)
    return done.stdout.decode().splitlines()


def shortened(lines: list[str]) -> list[str]:
    """Without the samples on the way and the middle of the training table; with those at the end."""
    last = next((k for k, line in enumerate(lines) if line.startswith("  careful, ")), len(lines))
    lines = [line for line in lines[:last] if not line.startswith("  | ")] + lines[last:]
    lines = [line for line in lines if not line.startswith("model ")]
    heads = [k for k, line in enumerate(lines) if line.lstrip().startswith("update ")]
    if heads:
        begin = heads[0] + 1
        end = next(k for k in range(begin, len(lines)) if lines[k].startswith("  careful, "))
        if end - begin > FIRST + LAST:
            lines[begin + FIRST : end - LAST] = ["      ..."]
    return lines


def renewed(text: str, only: str, folder: Path) -> str:
    """README with the output of its commands as it is now."""
    found: list[str] = []
    lines = text.splitlines()
    k = 0
    while k < len(lines):
        found.append(lines[k])
        if lines[k].startswith(SHOWN):
            end = k + 1
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end]):
                if lines[end].startswith(SHOWN):
                    break
                end += 1
            command = lines[k].removeprefix(SHOWN)
            if only in command:
                print(command, flush=True)
                found += [f"    {line}".rstrip() for line in shortened(run(shlex.split(command)[1:], folder))] + [""]
            else:
                found += lines[k + 1 : end]
            k = end
        else:
            k += 1
    return "\n".join(found) + "\n"


def main() -> None:
    """Renew README in place."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="commands that hold this text")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name, (view, model, text, *more) in PICTURES.items() if not args.only else []:
            out = str(ROOT / ".github" / "pictures" / f"{name}.svg")
            run(["inspect", view, "-q", "-m", model, "--text", text, *more, "-o", out], Path(folder))
        README.write_text(renewed(README.read_text(encoding="utf-8"), args.only, Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
