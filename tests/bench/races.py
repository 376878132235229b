"""How each kind of row is measured."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from statistics import median

from tests.bench import rows
from tests.bench.rows import OUR_LSTM, Row, Sampling, Training
from tests.bench.turns import (
    BLOCK,
    Process,
    RowFailedError,
    RowSkippedError,
    ratios,
    speed,
    spread,
    take_turns,
    without_slow,
)

UPDATES = 20  # after so many the losses must agree
AGREEMENT = {"float32": 1e-3, "bf16": 1e-2}  # nats, with the peer's in float32
VECTORS = {8: "AVX2"}  # what so many lanes are called by PyTorch
HELD = {8: {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}}
SAME_TOKENS = 0.95  # of the first: one that falls on a border in one rounding and not in the other changes its text
LIMIT_TURNS = 40_000_000
FEW_CORES = 2  # whose scaling is in the training table


@dataclass(frozen=True)
class Bench:
    """Where it runs: interpreters of both sides, cores, seconds a row, a folder for weights.

    lanes: of ours, where they are chosen; the peers are then held to vectors of as many numbers.
    """

    python: str
    python_peers: str
    cores: int
    seconds: float
    folder: str
    lanes: int | None = None

    @property
    def threads(self) -> list:
        """Numbers of threads a peer may choose from."""
        return sorted({1, self.cores})

    def begin(self, stack: ExitStack, module: str, row: Row, threads: int, precision: str = "float32") -> Process:
        """A side at work on `row`; the first of ours makes the weights, the others read them."""
        python = self.python if module == "ours" else self.python_peers
        path = f"{self.folder}/{row.cell}-{row.V}-{row.E}-{row.H}-{row.L}.npz"
        options = {} if precision == "float32" else {"precision": precision}
        held = {} if self.lanes is None else HELD[self.lanes] | {"LSTMGEN_LANES": str(self.lanes)}
        process = stack.enter_context(Process(python, module, row, threads, path, environment=held, **options))
        if self.lanes is not None and process.told.get("vectors", VECTORS[self.lanes]) != VECTORS[self.lanes]:
            raise RowFailedError(f"the peer has not let itself be held to {VECTORS[self.lanes]}")
        return process


def agree(side: Process, losses: list, within: float) -> float:
    """Largest difference between a side's losses of its first updates and those of another from the same weights."""
    worst = max(abs(a - b) for a, b in zip(first_losses(side), losses, strict=True))
    if not worst < within:
        raise RowFailedError(f"the losses differ by {worst:.1e}; the sides do not do the same work")
    return worst


def first_losses(side: Process) -> list:
    """Of its first updates."""
    return side.ask(do="updates", count=UPDATES)["losses"]


def agree_in_writing(ours: Process, other: Process) -> None:
    """Both must write the same texts from the same random numbers."""
    count = rows.COMPARED * ours.row.B
    mine, theirs = (side.ask(do="sample", count=count)["ids"][:count] for side in (ours, other))
    same = sum(a == b for a, b in zip(mine, theirs, strict=True)) / len(mine)
    if same < SAME_TOKENS:
        raise RowFailedError(f"only {same:.0%} of the tokens are the same; the sides do not do the same work")


def race(bench: Bench, ours: dict, peers: dict, between: dict | None = None) -> tuple[dict, tuple]:
    """All rates, by what they are of, and which of `peers` (works by precision and threads) is the fastest.

    Of each precision only those peers take turns that may turn out to be its fastest.
    """
    speeds = {name: speed(run) for name, run in (ours | peers).items()}
    hopeful = {}
    for precision in dict.fromkeys(precision for precision, _ in peers):
        hopeful |= without_slow({name: run for name, run in peers.items() if name[0] == precision}, speeds)
    rates = take_turns(ours | hopeful, speeds, bench.seconds, between)
    return rates, max(hopeful, key=lambda name: median(rates[name]))


def beside(rates: list, peer: list) -> dict:
    """Our rates beside the peer's, round by round, as it stands in the tables."""
    pairs = ratios(rates, peer)
    return {"ratio": median(pairs), "spread": spread(pairs), "rounds": len(pairs)}


def train(bench: Bench, entry: Training) -> dict:
    """A row of the training table."""
    row, cores, differences = entry.row, bench.cores, {}
    with ExitStack() as stack:
        sides = {"float32": bench.begin(stack, "ours", row, cores)}
        precisions = ["float32"]
        if entry.peer == OUR_LSTM:
            peers = {("float32", cores): bench.begin(stack, "ours", replace(row, cell="lstm"), cores)}
        else:
            precisions += ["bf16"] if sides["float32"].told["bf16"] else []
            sides |= {p: bench.begin(stack, "ours", row, cores, p) for p in precisions[1:]}
            peers = {(p, n): bench.begin(stack, "pytorch", row, n, p) for p in precisions for n in bench.threads}
            theirs = first_losses(peers["float32", cores])
            differences = {p: agree(side, theirs, AGREEMENT[p]) for p, side in sides.items()}
        limits = {f"limit {p}": partial(limit, sides["float32"], cores, p) for p in precisions}
        works = {p: side.work("updates") for p, side in sides.items()}
        scales = row.cell == "lstm" and row.H >= rows.SCALING_FROM and cores > 1
        if scales:
            works["float32 on one"] = bench.begin(stack, "ours", row, 1).work("updates")
            limits["limit float32 on one"] = partial(limit, sides["float32"], 1, "float32")
        rates, best = race(bench, works, {n: peer.work("updates") for n, peer in peers.items()}, limits)
    tokens = row.T * row.B
    found = {
        "row": row.name, "tokens_of_window": tokens, "peer": entry.peer,
        "peer_version": peers["float32", cores].told["version"], "peers": fastest(rates, peers, tokens),
        "times_mark": entry.times, "share_mark": entry.share, "either": entry.either,
    }  # fmt: skip
    for p in precisions:
        speed_of_ours, highest = median(rates[p]) * tokens, median(rates[f"limit {p}"])
        gflops = speed_of_ours * row.flop_per_token() / 1e9
        found[p] = {
            "tokens_per_second": speed_of_ours, "gflops": gflops, "limit": highest, "share": gflops / highest,
            "loss_difference": differences.get(p), **beside(rates[p], rates[best]),
        }  # fmt: skip
    if scales:
        own, possible = (median(ratios(rates[k], rates[f"{k} on one"])) for k in ("float32", "limit float32"))
        found |= {"scaling": own, "limit_scaling": possible, "scaling_share": own / possible}
    return found


def fastest(rates: dict, peers: dict, tokens: int) -> dict:
    """The peer's best of each precision: threads and tokens a second."""
    found = {}
    for precision, threads in peers:
        if (precision, threads) in rates:
            one = {"threads": threads, "tokens_per_second": median(rates[precision, threads]) * tokens}
            found[precision] = max(found.get(precision, one), one, key=lambda each: each["tokens_per_second"])
    return found


def limit(side: Process, threads: int, precision: str) -> float:
    """GFLOP/s of the loop in registers."""
    return side.ask(do="limit", threads=threads, count=LIMIT_TURNS, precision=precision)["gflops"]


def sample(bench: Bench, entry: Sampling) -> dict:
    """A row of the sampling table."""
    with ExitStack() as stack:
        ours = bench.begin(stack, "ours", entry.row, bench.cores)
        peers = {("float32", n): bench.begin(stack, "onnx", entry.row, n) for n in bench.threads}
        if entry.precision == "float32":
            agree_in_writing(ours, peers["float32", 1])
        works = {"ours": ours.work("sample", precision=entry.precision)}
        rates, best = race(bench, works, {n: peer.work("sample") for n, peer in peers.items()})
    return {
        "row": entry.name, "tokens_per_second": median(rates["ours"]), "peer": "ONNX Runtime",
        "peer_version": peers[best].told["version"], "peer_threads": best[1],
        "peer_tokens_per_second": median(rates[best]), "ratio_mark": entry.times, **beside(rates["ours"], rates[best]),
    }  # fmt: skip


def outside(bench: Bench, precision: str) -> dict:
    """What an update costs outside the kernels, of all threads' time."""
    row, parts = rows.OUTSIDE, {}
    with ExitStack() as stack:
        for n in bench.threads:
            ours = bench.begin(stack, "ours", row, n, precision)
            if precision == "bf16" and not ours.told["bf16"]:
                raise RowSkippedError("this CPU has no instruction for it")
            count = max(1, round(speed(ours.work("updates")) * BLOCK))
            rounds = [ours.ask(do="outside", count=count) for _ in range(11)]
            parts[n] = {name: median(one[name] for one in rounds) for name in rounds[0]}
    values = {n: 1 - part.pop("kernels") for n, part in parts.items()}
    named = [
        f"{100 * values[n]:.1f} % on {n} (packing {100 * part['packing']:.1f}, optimiser {100 * part['optimiser']:.1f})"
        for n, part in parts.items()
    ]
    return {
        "row": outside_name(precision), "found": "; ".join(named), "value": values[bench.cores],
        "mark": rows.OUTSIDE_MARK, "parts": parts,
    }  # fmt: skip


def outside_name(precision: str) -> str:
    """How that row is called."""
    row = rows.OUTSIDE
    return f"of an update outside the kernels, H={row.H} L={row.L} {precision}, by threads"


def many_threads(bench: Bench, precision: str) -> dict:
    """What more and more threads bring, each share beside the limit on as many."""
    row, tokens = rows.MANY_THREADS, rows.MANY_THREADS.T * rows.MANY_THREADS.B
    counts = [1 << k for k in range(bench.cores.bit_length())]
    if bench.cores <= FEW_CORES:
        raise RowSkippedError(f"this machine has {bench.cores} cores, and the training table has them")
    with ExitStack() as stack:
        sides = {n: bench.begin(stack, "ours", row, n, precision) for n in counts}
        if precision == "bf16" and not sides[1].told["bf16"]:
            raise RowSkippedError("this CPU has no instruction for it")
        works = {n: side.work("updates") for n, side in sides.items()}
        limits = {f"limit {n}": partial(limit, sides[n], n, precision) for n in counts}
        speeds = {n: speed(run) for n, run in works.items()}
        rates = take_turns(works, speeds, bench.seconds, limits)
    found = {
        n: {
            "tokens_per_second": median(rates[n]) * tokens,
            "share": median(rates[n]) * tokens * row.flop_per_token() / 1e9 / median(rates[f"limit {n}"]),
        }
        for n in counts
    }
    told = ", ".join(f"{n}: {one['tokens_per_second']:,.0f} ({100 * one['share']:.0f} %)" for n, one in found.items())
    return {
        "row": many_threads_name(precision), "found": f"tokens/s and share of the limit on {told}", "value": None,
        "mark": None, "parts": found,
    }  # fmt: skip


def many_threads_name(precision: str) -> str:
    """How that row is called."""
    return f"{rows.MANY_THREADS.name} {precision}, by threads"


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
