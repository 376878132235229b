"""Short texts: from which length on characters read better than words, and how long it pays to train.

    python -m tests.bench.learning.small_texts --shakespeare input.txt

The beginnings of two texts are learned by characters and by words, for numbers of updates, so that the figures do not
depend on the machine's speed. A quarter of an hour; prints the tables of SMALL.md.
"""

import argparse
import re
from pathlib import Path

import lstmgen
from tests.bench.learning.texts import shipped, tiny_shakespeare
from tests.bench.tables import table

LENGTHS = (12_000, 50_000, 200_000)
UPDATES = {12_000: (1_000, 2_000, 4_000), 50_000: (2_000, 4_000, 8_000), 200_000: (4_000, 8_000, 16_000)}
COMPARED = 2_000  # updates of characters, and of words
UNITS = {12_000: 64, 50_000: 128, 200_000: 192}
WRITTEN = 4_000  # characters, to see how many of the words exist


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def existing(model: lstmgen.Model, known: set[str], level: str) -> float:
    """Share of the words written that the whole text has anywhere."""
    length = WRITTEN if level == "char" else WRITTEN // 5
    written = words(model.sample(length=length, temperature=0.8, seed=1, echo=False))[1:-1]
    return sum(word in known for word in written) / max(1, len(written))


def run(text: str, level: str, units: int, steps: int) -> tuple[lstmgen.Model, float]:
    """A model of the program's own plan for so many updates, and its bits a character on what was held back."""
    model = lstmgen.train(text=text, level=level, steps=steps, hidden_size=units, seed=1, validation=0.1)
    return model, model.header["training"]["final_bits_per_character"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shakespeare", type=Path, required=True)
    texts = [shipped("storybook"), tiny_shakespeare(parser.parse_args().shakespeare)]
    levels, times = [], []
    for text in texts:
        known = set(words(text.text))
        for length in LENGTHS:
            part, units = text.text[:length], UNITS[length]
            found = {level: run(part, level, units, COMPARED) for level in ("char", "word")}
            share = {level: existing(model, known, level) for level, (model, _) in found.items()}
            levels.append([text.name, f"{length:,}", *(f"{found[one][1]:.3f}" for one in found),
                           *(f"{100 * share[one]:.0f} %" for one in found)])  # fmt: skip
            print(levels[-1], flush=True)
            bits = {steps: run(part, "char", units, steps)[1] for steps in UPDATES[length]}
            times.append([text.name, f"{length:,}", f"1 x {units}", *(f"{n:,}: {b:.3f}" for n, b in bits.items())])
            print(times[-1], flush=True)
    head = ["text", "characters", "bits/char, char", "bits/char, word", "words that exist, char", "word"]
    print("\n".join(table(head, levels)))
    for row in times:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
