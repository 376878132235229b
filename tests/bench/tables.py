"""What was found, as Markdown: the CPUs side by side, then the tables of each."""

from tests.bench.rows import SCALING_MARK, TRAINING

INTRODUCTION = (
    "Medians of short blocks in which the sides take turns, each peer at its better of one and all threads. Both sides "
    "train the same network from the same weights (embedding 64, 65 tokens, where nothing else is said) with cross "
    "entropy, clipping and Adam; texts are written at temperature 0.8. bf16: factors of products in bfloat16, all else "
    "in float32, where the CPU has the instruction; PyTorch then runs under its automatic mixed precision, and the "
    "faster of its two counts in every ratio. The losses of 20 updates agree with those of PyTorch in float32 within "
    "0.001 (bf16: 0.01) nats. The limit is a loop of the instruction that multiplies and adds, float32's or "
    "bfloat16's, that never leaves the registers, on all threads. With 8 lanes both sides are held to AVX2, which is "
    "what most laptops have, on a CPU that could do more. Marks are what is aimed at: at least so much, of costs at "
    "most; times PyTorch is judged in bf16, and the share of the limit in float32 where there is no bf16. A dash: not "
    "measured, as is bf16 where the CPU lacks the instruction."
)
EIGHT_LANES = "eight_lanes"
TABLES = ["training", EIGHT_LANES, "sampling", "costs"]


def table(heads: list, lines: list) -> list:
    """A Markdown table."""
    return ["", *("| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *lines))]


def share(number) -> str:
    """In per cent; nothing of nothing."""
    return "" if number is None else f"{100 * number:.0f} %"


def times(found: dict | None) -> str:
    """How many times the peer, with the spread."""
    return "-" if found is None else f"{found['ratio']:.2f} (±{share(found['spread'])})"


def training_line(r: dict) -> list:
    """A row of the training table."""
    scaling = f"{share(r['scaling_share'])} ({r['scaling']:.2f} of {r['limit_scaling']:.2f})" if "scaling" in r else ""
    cells = [r["row"]]
    for precision in ("float32", "bf16"):
        own = r.get(precision)
        cells += ["-", "-"] if own is None else [f"{own['tokens_per_second']:,.0f}", share(own["share"])]
        cells += [share(None if "bf16" in r else r["share_mark"])] if precision == "float32" else []
    peers = [r["peers"].get(precision) for precision in ("float32", "bf16")]
    cells += ["-" if peer is None else f"{peer['tokens_per_second']:,.0f}" for peer in peers]
    if r["peer"] != "PyTorch":
        cells[-2] += f" ({r['peer']})"
    mark = f"{r['times_mark']:g}" if r["either"] or "bf16" in r else ""
    return [*cells, times(r["float32"]), times(r.get("bf16")), mark, scaling]


def sampling_line(r: dict) -> list:
    """A row of the sampling table."""
    speeds = [f"{r[name]:,.0f}" for name in ("tokens_per_second", "peer_tokens_per_second")]
    return [r["row"], *speeds, times(r), f"{r['ratio_mark']:g}"]


def cost_line(r: dict) -> list:
    """A row of the table of costs."""
    return [r["row"], r["found"], share(r["mark"])]


LINES = {"training": training_line, EIGHT_LANES: training_line, "sampling": sampling_line, "costs": cost_line}
TRAINING_HEADS = [
    "float32 tokens/s", "of its limit", "mark", "bf16 tokens/s", "of its limit", "PyTorch, float32", "PyTorch, bf16",
    "times PyTorch in float32", "in bf16", "mark", f"float32 on all threads over one, of the limit's (mark "
    f"{share(SCALING_MARK)})",
]  # fmt: skip
HEADS = {
    "training": ["training", *TRAINING_HEADS],
    EIGHT_LANES: ["training with 8 lanes", *TRAINING_HEADS],
    "sampling": ["sampling", "tokens/s", "ONNX Runtime tokens/s", "times ONNX Runtime", "mark"],
    "costs": ["cost", "", "mark"],
}


def name_of(found: dict) -> str:
    """A CPU by its name and kind."""
    return f"{found['cpu']} ({found['kind']}), {found['cores']} cores"


def dates(found: dict) -> str:
    """From the first row's to the last."""
    days = sorted({row["date"] for name in TABLES for row in found[name]}) or [found["date"]]
    return days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"


def section(found: dict) -> str:
    """The tables of one CPU that have rows."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    lines = [f"## {name_of(found)}", "", f"{versions}, {dates(found)}."]
    for name in TABLES:
        if found[name]:
            lines += table(HEADS[name], [LINES[name](row) for row in found[name]])
    for r in found["skipped"] + found["failed"]:
        lines += ["", f"Not measured: {r['row']}: {r['why']}."]
    return "\n".join(lines) + "\n"


def side_by_side(machines: list) -> list:
    """Times PyTorch on every CPU: a column each of bf16, float32, and float32 with 8 lanes, where it was measured."""
    columns = {}
    for found in machines:
        for name, rows, precision in (
            ("bf16", found["training"], "bf16"),
            ("float32", found["training"], "float32"),
            ("8 lanes", found[EIGHT_LANES], "float32"),
        ):
            ratios = {
                r["row"]: f"{r[precision]['ratio']:.2f}" for r in rows if precision in r and r["peer"] == "PyTorch"
            }
            if ratios:
                columns[f"{found['cpu']} ({found['kind']}): {name}"] = ratios
    order = [entry.row.name for entry in TRAINING]
    seen = list(dict.fromkeys(row for ratios in columns.values() for row in ratios))
    rows = sorted(seen, key=lambda row: order.index(row) if row in order else len(order))
    lines = [[row, *(ratios.get(row, "-") for ratios in columns.values())] for row in rows]
    return ["## CPUs side by side", *table(["times PyTorch", *columns], lines)] if lines else []


def page(machines: list) -> str:
    """RESULTS.md: what was found on each CPU."""
    parts = ["# Speed", INTRODUCTION, "\n".join(side_by_side(machines)), *(section(found) for found in machines)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def missed(row: dict) -> bool:
    """Whether the row is below one of its marks."""
    marks = [(row.get("scaling_share"), SCALING_MARK), (row.get("mark"), row.get("value"))]
    marks += [(row.get("ratio"), row.get("ratio_mark"))]
    if "float32" in row:
        of_precision = [row[precision]["ratio"] for precision in ("float32", "bf16") if precision in row]
        if row["either"]:
            marks.append((max(of_precision), row["times_mark"]))
        elif "bf16" in row:
            marks.append((row["bf16"]["ratio"], row["times_mark"]))
        if "bf16" not in row:
            marks.append((row["float32"]["share"], row["share_mark"]))
    return any(mark is not None and value is not None and value < mark for value, mark in marks)
