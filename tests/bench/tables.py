"""What was found, as Markdown."""

from tests.bench.rows import SCALING_MARK

INTRODUCTION = (
    "Medians of short blocks in which the sides take turns, each peer at its better of one and all threads. Both sides "
    "train the same network from the same weights (embedding 64, 65 tokens, where nothing else is said) with cross "
    "entropy, clipping and Adam, in float32; texts are written at temperature 0.8. The limit is a multiply-add loop "
    "that never leaves the registers, on all threads. Marks are what is aimed at: at least so much, of costs at most."
)


def table(heads: list, lines: list) -> list:
    """A Markdown table."""
    return ["", *("| " + " | ".join(cells) + " |" for cells in (heads, ["---"] * len(heads), *lines))]


def share(number) -> str:
    """In per cent; nothing of nothing."""
    return "" if number is None else f"{100 * number:.0f} %"


def ratio(r: dict) -> list:
    """How many times the peer, and the mark."""
    return [f"{r['ratio']:.2f} (±{share(r['spread'])})", f"{r['ratio_mark']:g}"]


def training_line(r: dict) -> list:
    """A row of the training table."""
    scaling = f"{share(r['scaling_share'])} ({r['scaling']:.2f} of {r['limit_scaling']:.2f})" if "scaling" in r else ""
    peer = "" if r["peer"] == "PyTorch" else f" ({r['peer']})"
    return [
        r["row"], f"{r['tokens_per_second']:,.0f}", f"{r['gflops']:.0f}", share(r["share"]), share(r["share_mark"]),
        f"{r['peer_tokens_per_second']:,.0f}{peer}", *ratio(r), scaling,
    ]  # fmt: skip


def sampling_line(r: dict) -> list:
    """A row of the sampling table."""
    return [r["row"], f"{r['tokens_per_second']:,.0f}", f"{r['peer_tokens_per_second']:,.0f}", *ratio(r)]


def cost_line(r: dict) -> list:
    """A row of the table of costs."""
    return [r["row"], r["found"], share(r["mark"])]


LINES = {"training": training_line, "sampling": sampling_line, "costs": cost_line}


def markdown(found: dict) -> str:
    """All tables that have rows."""
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    lines = [f"{found['cpu']}, {found['cores']} cores, {versions}, {found['date']}. Seen on this one machine.", ""]
    lines += [INTRODUCTION]
    if found["training"]:
        lines += table(
            ["training", "tokens/s", "GFLOP/s", "of the limit", "mark", "PyTorch tokens/s", "times PyTorch", "mark",
             f"all threads over one, of the limit's (mark {share(SCALING_MARK)})"],
            [training_line(r) for r in found["training"]],
        )  # fmt: skip
    if found["sampling"]:
        heads = ["sampling", "tokens/s", "ONNX Runtime tokens/s", "times ONNX Runtime", "mark"]
        lines += table(heads, [sampling_line(r) for r in found["sampling"]])
    if found["costs"]:
        lines += table(["cost", "", "mark"], [cost_line(r) for r in found["costs"]])
    for r in found["skipped"] + found["failed"]:
        lines += ["", f"Not measured: {r['row']}: {r['why']}."]
    return "\n".join(lines) + "\n"


def missed(row: dict) -> bool:
    """Whether the row is below one of its marks."""
    marks = [(row.get("share"), row.get("share_mark")), (row.get("ratio"), row.get("ratio_mark"))]
    marks += [(row.get("scaling_share"), SCALING_MARK), (row.get("mark"), row.get("value"))]
    return any(mark is not None and value is not None and value < mark for value, mark in marks)
