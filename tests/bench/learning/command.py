"""lstmgen as a user runs it: the command line in a process of its own, and what it says as JSON."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.turns import ROOT, RowFailedError

LAST_WORDS = 5  # lines of stderr that a failure is told with


def run(words: list, cwd: Path, python: str = sys.executable) -> str:
    """Standard output of `python -m words`; RowFailedError with its last words where it fails."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    done = subprocess.run(
        [python, "-m", *map(str, words)],
        cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        last = " / ".join(done.stderr.strip().splitlines()[-LAST_WORDS:])
        raise RowFailedError(f"{' '.join(map(str, words[:2]))} ended with {done.returncode}: {last}")
    return done.stdout


@dataclass(frozen=True)
class Trained:
    """A model file, the plan it was trained by, the figures of its end, and validation on the way."""

    path: Path
    plan: dict
    finished: dict
    validation: list  # nats a token at each evaluation

    def facts(self) -> dict:
        """What is kept of it."""
        names = ("step", "passes", "seconds", "total_seconds", "tokens_per_second", "stopped_early", "averaged")
        sizes, plan = self.plan["architecture"], self.plan
        kept = ("window", "rows", "rate", "floor", "dropout", "weight_drop", "weight_decay", "clip_norm", "passes")
        chosen = {"architecture": sizes, **{name: plan[name] for name in kept}}
        return {name: self.finished[name] for name in names} | {"plan": chosen}


def train(text: Path, *words: str, seed: int, out: Path) -> Trained:
    """`lstmgen train TEXT ... --seed SEED`; replaces what is at `out`."""
    told = run(["lstmgen", "train", text, *words, "--seed", seed, "-o", out, "--force", "--json"], out.parent)
    events: dict = {}
    validation = []
    for line in told.splitlines():
        event = json.loads(line)
        events[event["event"]] = event
        if event["event"] == "evaluated":
            validation.append(event["validation"])
    return Trained(out, events["planned"]["plan"], events["finished"], validation)


def score(model: Path, held: Path, *words: str) -> dict:
    """`lstmgen inspect score`: the figures, without each token's. One stream from zero state, every token scored."""
    told = json.loads(run(["lstmgen", "inspect", "score", "-m", model, "--file", held, "--json", *words], model.parent))
    kept = [name for name in told if name not in ("pieces", "path") and not name.startswith("token_")]
    return {name: told[name] for name in kept}


def offered(*flags: str) -> bool:
    """Whether this version's `inspect score` has all of these options."""
    told = run(["lstmgen", "inspect", "score", "--help"], ROOT)
    return all(flag in told for flag in flags)
