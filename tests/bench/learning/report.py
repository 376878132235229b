"""LEARNING.md: what was found, as tables."""

import math
from statistics import median

from tests.bench.learning.measures import EXTRAS
from tests.bench.learning.rows import Row
from tests.bench.learning.store import about_machine, of_states
from tests.bench.learning.tasks import LONG
from tests.bench.tables import table

MARK = 1.5165  # nats a character: 7-gram counted in the whole first 90 %
OPTIMUM = math.log(6) / 4
INTRODUCTION = (
    "Each text's last 10 % takes part in nothing: the program is given a file with the first 90 % and told nothing but "
    "`--time` and `--seed` (and, where it is so, that lines stand alone, the level, or the cell). The rest is scored "
    "by `lstmgen inspect score --file` in one stream from zero state, every token. Medians of the seeds, with the "
    "lowest and highest. The n-grams (interpolated modified Kneser-Ney) have learned the same tokens as the network: "
    "the file without the 5 % that training holds back to measure with. `make results TEXT=input.txt` makes this page."
)
Found = dict[Row, dict[int, dict]]


def spread(numbers: list, digits: int = 4) -> str:
    """The median, and lowest to highest where there are several."""
    middle = f"{median(numbers):,.{digits}f}"
    return middle if len(numbers) == 1 else f"{middle} ({min(numbers):,.{digits}f} to {max(numbers):,.{digits}f})"


def seeds_of(found: dict) -> str:
    """1, 2, 3."""
    return ", ".join(map(str, found))


def sizes_of(found: dict) -> str:
    """1 x 256, once for all seeds that have the same."""
    shapes = [one["plan"]["architecture"] for one in found.values()]
    return ", ".join(dict.fromkeys(f"{shape['layers']} x {shape['units']}" for shape in shapes))


def of(found: dict, name: str) -> list:
    """This figure by seed."""
    return [one[name] for one in found.values()]


def baseline(found: dict, order: str, per_nat: float = 1.0) -> list:
    """The n-gram's bits a character by seed."""
    return [one["baselines"][order] * per_nat for one in found.values()]


def shakespeare(found: Found) -> list:
    """Tiny Shakespeare by the clock."""
    lines = []
    for row, seeds in found.items():
        mark = "" if row.peer else spread(baseline(seeds, "7-gram", math.log(2)))
        threads = ", ".join(dict.fromkeys(f" on {n} threads" for n in of(seeds, "threads"))) if row.peer else ""
        lines.append([
            row.name + threads, spread(of(seeds, "nats")), spread(of(seeds, "bits"), 3), mark, sizes_of(seeds),
            spread(of(seeds, "passes"), 1), seeds_of(seeds),
        ])  # fmt: skip
        lines += [further(row, name, seeds) for name in EXTRAS if any(name in one for one in seeds.values())]
    heads = ["tiny Shakespeare", "nats a character", "bits", "7-gram, nats", "layers x units", "passes", "seeds"]
    said = "1,003,854 characters, then 111,540. "
    said += f"A 7-gram that has counted the 5 % held back from training too is at {MARK} nats."
    return ["", "## By the clock", "", said, *table(heads, lines)] if lines else []


def further(row: Row, name: str, seeds: dict) -> list:
    """The same models scored in a further way. What says the same as without it was not found in what score says."""
    scored = {seed: one[name] for seed, one in seeds.items() if name in one}
    nats, bits = (of(scored, f"{unit}_a_character") for unit in ("nats", "bits"))
    if any(one["nats_a_character"] == seeds[seed]["nats"] for seed, one in scored.items()):
        return [f"{row.name}, {name}", "see results.json", "", "", "", "", seeds_of(scored)]
    return [f"{row.name}, {name}", spread(nats), spread(bits, 3), "", "", "", seeds_of(scored)]


def words(found: Found) -> list:
    """Word by word."""
    lines, spaces = [], []
    for row, seeds in found.items():
        orders = [spread(baseline(seeds, f"{k}-gram"), 3) for k in (3, 5)]
        lines.append([row.name, spread(of(seeds, "bits"), 3), *orders, sizes_of(seeds), seeds_of(seeds)])
        for seed, one in seeds.items():
            spaces += [[str(seed), name, f"{ours:.2f} %", f"{theirs:.2f} %"] for name, (ours, theirs) in
                       one["spacing"].items()]  # fmt: skip
    heads = ["words", "bits a character", "3-gram", "5-gram", "layers x units", "seeds"]
    said = "Unknown words are charged for their spelling, in all columns alike; the n-grams have the same vocabulary."
    spacing = table(["seed", "of 20,000 words", "written", "text"], spaces)
    return ["", "## Tiny Shakespeare, words", "", said, *table(heads, lines), *spacing] if lines else []


def book(found: Found) -> list:
    """The children's book."""
    lines = [
        [row.name, spread(of(seeds, "nats")), spread(of(seeds, "right"), 0), f"{max(of(seeds, 'of')):,}",
         seeds_of(seeds)]
        for row, seeds in found.items()
    ]  # fmt: skip
    heads = ["children's book", "nats a token", "right", "of", "seeds"]
    said = f"Over 2,000 new sentences; the best possible is ln 6 / 4 = {OPTIMUM:.4f}. Right: written at temperature 1."
    return ["", "## The children's book", "", said, *table(heads, lines)] if lines else []


def tasks(found: Found) -> list:
    """Counting and the Reber grammar."""
    counted, remembered = [], []
    for row, seeds in found.items():
        ones = list(seeds.values())
        if "first_wrong" in ones[0]:
            all_right = sum(one["right"] == one["of"] for one in ones)
            right = ", ".join(f"{one['right']}" for one in ones)
            wrong = ", ".join("none" if one["first_wrong"] is None else str(one["first_wrong"]) for one in ones)
            counted.append([row.name, f"{all_right} of {len(ones)}", right, wrong, sizes_of(seeds), seeds_of(seeds)])
        else:
            long = spread(of(seeds, "right_long"), 1)
            count, many = ones[0]["strings"], ones[0]["long_strings"]
            right = f"{spread(of(seeds, 'right'), 1)} of {count:,}"
            remembered.append([row.name, right, f"{long} of {many:,}", sizes_of(seeds), seeds_of(seeds)])
    heads = ["trained to n = 30 in 30 s", "every n to 100 right", "right of 100", "first wrong", "layers x units"]
    found_lines = []
    if counted:
        said = "After a^n b the likeliest is b until there are n, and then the line's end."
        found_lines += ["", "## Counting", "", said, *table([*heads, "seeds"], counted)]
    if remembered:
        said = "The likeliest at the last letter but one, which repeats the second; new strings of the lengths trained."
        heads = ["30 s", "right, %", f"of {LONG} letters, %", "layers x units", "seeds"]
        found_lines += ["", "## Remembering", "", said, *table(heads, remembered)]
    return found_lines


def small(found: Found) -> list:
    """10 KB."""
    lines = []
    for seeds in found.values():
        for seed, one in seeds.items():
            copy = one["longest_copy"]
            lines.append([
                str(seed), f"{copy['written']}", f"{copy['held out']}", f"{one['best_on_the_way']:.4f}",
                f"{one['last_on_the_way']:.4f}", f"{one['kept']:.4f}", f"{one['nats']:.4f}",
                f"{one['baselines']['7-gram'] * math.log(2):.4f}",
            ])  # fmt: skip
    heads = ["seed", "longest span copied", "in as much held-out text", "best validation on the way", "last", "kept",
             "10 KB more of the book, nats", "7-gram"]  # fmt: skip
    said = "The first 10,000 characters of the storybook, a minute; 10,000 characters written. The mean of the last "
    said += "weights is kept where the best is not surely better."
    return ["", "## A small text", "", said, *table(heads, lines)] if lines else []


def kinds(found: Found) -> list:
    """Other kinds of text."""
    lines = []
    for seeds in found.values():
        one = next(iter(seeds.values()))
        lines.append([
            one["about"], f"{one['characters_of_text']:,}", spread(of(seeds, "bits"), 3),
            spread(baseline(seeds, "7-gram"), 3), sizes_of(seeds), spread(of(seeds, "passes"), 1), seeds_of(seeds),
            f"`{one['sha256'][:12]}`",
        ])  # fmt: skip
    heads = ["a minute on", "characters", "bits a character", "7-gram", "layers x units", "passes", "seeds", "SHA-256"]
    said = "Characters that were never trained are skipped, in both columns. What is not shipped is as this machine "
    said += "has it."
    return ["", "## Other texts", "", said, *table(heads, lines)] if lines else []


TABLES = {"shakespeare": shakespeare, "words": words, "book": book, "tasks": tasks, "small": small, "kinds": kinds}


def page(found: Found, why: dict, facts: dict, states: set) -> str:
    """All tables that have rows; `why` rows could not be measured; `states` of the source that they are of."""
    found = {row: seeds for row, seeds in found.items() if seeds}
    torch = {one["torch"] for row, seeds in found.items() if row.peer for one in seeds.values()}
    versions = facts["versions"] | ({"PyTorch": ", ".join(sorted(torch))} if torch else {})
    lines = ["# Learning", "", about_machine(facts | {"versions": versions}), "", INTRODUCTION]
    told = of_states("rows", states, "results.json")
    lines += ["", told] if told else []
    for name, made in TABLES.items():
        lines += made({row: seeds for row, seeds in found.items() if row.table == name})
    for key, reason in why.items():
        lines += ["", f"Not measured: {key}: {reason.rstrip('.')}."]
    return "\n".join(lines) + "\n"
