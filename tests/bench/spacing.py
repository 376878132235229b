"""Spaces in a word model's writing beside the text's: doubled ones, ones before commas, missing ones.

    python -m tests.bench.spacing models/words.npz text.txt

Shares: doubled spaces of all spaces; spaces before a comma of all commas; commas, semicolons and stops with a letter
straight behind them of all such marks.
"""

import argparse
import re
from pathlib import Path

import lstmgen


def shares(text: str) -> dict[str, float]:
    """The three shares, in per cent."""
    marks = len(re.findall(r"[.,;:!?]", text))
    return {
        "doubled spaces": 100 * len(re.findall(r"(?<= ) ", text)) / max(1, text.count(" ")),
        "spaces before commas": 100 * len(re.findall(r" ,", text)) / max(1, text.count(",")),
        "missing spaces": 100 * len(re.findall(r"[.,;:!?][^\W\d_]", text)) / max(1, marks),
    }


def main() -> None:
    """Write, count, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("text")
    parser.add_argument("--words", type=int, default=20_000)
    args = parser.parse_args()
    written = lstmgen.load(args.model).sample(length=args.words, temperature=1.0, min_p=0.0, seed=1)
    ours, theirs = shares(written), shares(Path(args.text).read_text(encoding="utf-8"))
    for name, share in ours.items():
        print(f"{name:<22} written {share:6.2f} %   text {theirs[name]:6.2f} %   apart {abs(share - theirs[name]):.2f}")


if __name__ == "__main__":
    main()
