"""How each kind of row is measured."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

from tests.bench import rows
from tests.bench.rows import OUR_LSTM, Row, Sampling, Training
from tests.bench.turns import BLOCK, Process, RowFailedError, ratios, speed, spread, take_turns, without_slow

UPDATES = 20  # after so many the losses must agree
AGREEMENT = 1e-3
SAME_TOKENS = 0.95  # of the first: one that falls on a border in one rounding and not in the other changes its text
LIMIT_TURNS = 40_000_000


@dataclass(frozen=True)
class Bench:
    """Where it runs: interpreters of both sides, cores, seconds a row, a folder for weights."""

    python: str
    python_peers: str
    cores: int
    seconds: float
    folder: str

    @property
    def threads(self) -> list:
        """Numbers of threads a peer may choose from."""
        return sorted({1, self.cores})

    def begin(self, stack: ExitStack, module: str, row: Row, threads: int) -> Process:
        """A side at work on `row`; the first of ours makes the weights, the others read them."""
        python = self.python if module == "ours" else self.python_peers
        path = f"{self.folder}/{row.cell}-{row.V}-{row.E}-{row.H}-{row.L}.npz"
        return stack.enter_context(Process(python, module, row, threads, path))


def agree(ours: Process, other: Process) -> float:
    """Largest difference between the losses of 20 updates from the same weights."""
    mine, theirs = (side.ask(do="updates", count=UPDATES)["losses"] for side in (ours, other))
    worst = max(abs(a - b) for a, b in zip(mine, theirs, strict=True))
    if not worst < AGREEMENT:
        raise RowFailedError(f"the losses differ by {worst:.1e}; the sides do not do the same work")
    return worst


def agree_in_writing(ours: Process, other: Process) -> None:
    """Both must write the same texts from the same random numbers."""
    count = rows.COMPARED * ours.row.B
    mine, theirs = (side.ask(do="sample", count=count)["ids"][:count] for side in (ours, other))
    same = sum(a == b for a, b in zip(mine, theirs, strict=True)) / len(mine)
    if same < SAME_TOKENS:
        raise RowFailedError(f"only {same:.0%} of the tokens are the same; the sides do not do the same work")


def race(bench: Bench, ours: dict, peers: dict, between: dict | None = None) -> tuple[dict, dict]:
    """All rates, and "ours" beside the best of `peers` (works by number of threads) as it stands in the tables."""
    speeds = {name: speed(run) for name, run in (ours | peers).items()}
    hopeful = without_slow(peers, speeds)
    rates = take_turns(ours | hopeful, speeds, bench.seconds, between)
    best = max(hopeful, key=lambda n: median(rates[n]))
    pairs = ratios(rates["ours"], rates[best])
    return rates, {
        "peer_threads": best, "peer_rate": median(rates[best]), "ratio": median(pairs), "spread": spread(pairs),
        "rounds": len(pairs),
    }  # fmt: skip


def train(bench: Bench, entry: Training) -> dict:
    """A row of the training table."""
    row, cores, difference = entry.row, bench.cores, None
    with ExitStack() as stack:
        ours = bench.begin(stack, "ours", row, cores)
        if entry.peer == OUR_LSTM:
            peers = {cores: bench.begin(stack, "ours", replace(row, cell="lstm"), cores)}
        else:
            peers = {n: bench.begin(stack, "pytorch", row, n) for n in bench.threads}
            difference = agree(ours, peers[cores])
        works, limits = {"ours": ours.work("updates")}, {"limit": partial(limit, ours, cores)}
        scales = row.cell == "lstm" and row.H >= rows.SCALING_FROM and cores > 1
        if scales:
            works["ours on one"] = bench.begin(stack, "ours", row, 1).work("updates")
            limits["limit on one"] = partial(limit, ours, 1)
        rates, beside = race(bench, works, {n: peer.work("updates") for n, peer in peers.items()}, limits)
    updates, tokens = median(rates["ours"]), row.T * row.B
    gflops, highest = updates * tokens * row.flop_per_token() / 1e9, median(rates["limit"])
    found = {
        "row": row.name, "tokens_per_second": updates * tokens, "updates_per_second": updates, "gflops": gflops,
        "limit": highest, "share": gflops / highest, "share_mark": entry.share, "peer": entry.peer,
        "peer_version": peers[cores].told["version"], "peer_tokens_per_second": beside.pop("peer_rate") * tokens,
        "ratio_mark": entry.times, "loss_difference": difference, **beside,
    }  # fmt: skip
    if scales:
        own, possible = (median(ratios(rates[k], rates[f"{k} on one"])) for k in ("ours", "limit"))
        found |= {"scaling": own, "limit_scaling": possible, "scaling_share": own / possible}
    return found


def limit(side: Process, threads: int) -> float:
    """GFLOP/s of the multiply-add loop."""
    return side.ask(do="limit", threads=threads, count=LIMIT_TURNS)["gflops"]


def sample(bench: Bench, entry: Sampling) -> dict:
    """A row of the sampling table."""
    with ExitStack() as stack:
        ours = bench.begin(stack, "ours", entry.row, bench.cores)
        peers = {n: bench.begin(stack, "onnx", entry.row, n) for n in bench.threads}
        if entry.precision == "float32":
            agree_in_writing(ours, peers[1])
        works = {"ours": ours.work("sample", precision=entry.precision)}
        rates, beside = race(bench, works, {n: peer.work("sample") for n, peer in peers.items()})
    return {
        "row": entry.name, "tokens_per_second": median(rates["ours"]), "peer": "ONNX Runtime",
        "peer_version": peers[1].told["version"], "peer_tokens_per_second": beside.pop("peer_rate"),
        "ratio_mark": entry.times, **beside,
    }  # fmt: skip


def outside(bench: Bench) -> dict:
    """What an update costs outside the kernels, of all threads' time."""
    row, parts = rows.OUTSIDE, {}
    with ExitStack() as stack:
        for n in bench.threads:
            ours = bench.begin(stack, "ours", row, n)
            count = max(1, round(speed(ours.work("updates")) * BLOCK))
            rounds = [ours.ask(do="outside", count=count) for _ in range(11)]
            parts[n] = {name: median(one[name] for one in rounds) for name in rounds[0]}
    values = {n: 1 - part.pop("kernels") for n, part in parts.items()}
    named = [
        f"{100 * values[n]:.1f} % on {n} (packing {100 * part['packing']:.1f}, optimiser {100 * part['optimiser']:.1f})"
        for n, part in parts.items()
    ]
    return {
        "row": f"of an update outside the kernels, H={row.H} L={row.L}, by threads", "found": "; ".join(named),
        "value": values[bench.cores], "mark": rows.OUTSIDE_MARK, "parts": parts,
    }  # fmt: skip


def filters(bench: Bench) -> dict:
    """What the filters cost a text of a trained network."""
    row = rows.FILTERED
    with ExitStack() as stack:
        ours = bench.begin(stack, "ours", row, bench.cores)
        ours.ask(do="updates", count=300)  # what has learnt nothing draws from a flat distribution
        works = {"with": ours.work("sample", **rows.FILTERS), "without": ours.work("sample")}
        speeds = {name: speed(run) for name, run in works.items()}
        rates = take_turns(works, speeds, bench.seconds / 2)
    value = median(ratios(rates["without"], rates["with"])) - 1
    return {
        "row": f"of filters, V={row.V} H={row.H} L={row.L}", "found": f"{100 * value:.1f} % more time a token",
        "value": value, "mark": rows.FILTERED_MARK,
    }  # fmt: skip


def draws(bench: Bench) -> dict:
    """What a draw from many words costs, with filters and without."""
    with ExitStack() as stack:
        ours = bench.begin(stack, "ours", rows.FILTERED, 1)
        works = {"with": ours.work("draws", V=rows.DRAWN, **rows.FILTERS), "without": ours.work("draws", V=rows.DRAWN)}
        speeds = {name: speed(run) for name, run in works.items()}
        rates = take_turns(works, speeds, bench.seconds / 2)
    dear, plain = (1e6 / median(rates[name]) for name in ("with", "without"))
    return {
        "row": f"of a draw, V={rows.DRAWN:,}", "found": f"{dear:.1f} µs with filters, {plain:.1f} without",
        "value": dear / plain - 1, "mark": None,
    }  # fmt: skip
