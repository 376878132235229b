"""Nats a character of a model on the last part of a text, by README's own numpy reading of the file.

    python -m tests.bench.heldout models/tinyshakespeare.npz tinyshakespeare.txt --share 0.1

One stream from zero states; nothing of ours computes it, only the code in README.
"""

import argparse
import contextlib
import io
import re
from pathlib import Path

import numpy as np

README = Path(__file__).parents[2] / "README.md"


def reading_of(path: str) -> dict:
    """What README's numpy code defines once it has read the model at `path`."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = (block for block in blocks if "allow_pickle=False" in block)
    names: dict = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(code.replace("models/storybook.npz", path), "README.md", "exec"), names)
    return names


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("text")
    parser.add_argument("--share", type=float, default=0.1)
    args = parser.parse_args()
    names = reading_of(args.model)
    text = Path(args.text).read_text(encoding="utf-8")
    start = int(len(text) * (1 - args.share))
    place = {token: k for k, token in enumerate(names["tokens"])}
    ids = [place[c] for c in text[start:]]
    states = [(np.zeros(names["H"]), np.zeros(names["H"]))] * names["layers"]
    before, nats = None, 0.0
    for token in ids:
        logits = names["step"](before, states)
        top = logits.max()
        nats += top + np.log(np.exp(logits - top).sum()) - logits[token]
        before = token
    print(f"{nats / len(ids):.4f} nats a character over the last {len(ids):,}, from character {start:,} on")


if __name__ == "__main__":
    main()
