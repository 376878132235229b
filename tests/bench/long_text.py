"""Does the length of a text matter? Time until training begins, memory, and training speed, up to a text of 1 GB.

    python -m tests.bench.long_text [--text FILE] [--megabytes 1000] [--repeats 6] [--folder /tmp]

FILE (without it the shipped storybook) is repeated to the lengths wanted. Each start is a process of its own; speeds
are the best of `repeats` runs that take turns in one process. Linux only: peaks are read from /proc.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BEGAN = time.perf_counter()
NETWORK = {"hidden_size": 128, "num_layers": 1}
WINDOWS = {"batch_size": 32, "seq_length": 64, "threads": 2, "seed": 1}
IN_MEMORY, IN_FILE = 1e6, 100.0  # megabytes for mmap_above


def megabytes(name: str) -> float:
    """A figure of this process's status, as VmHWM, in MB of 10^6 bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


def start(path: str, level: str, above: float, steps: int) -> dict[str, float]:
    """Train for a few updates; seconds until the plan and the first update, peaks, and what the plan said."""
    import lstmgen
    from lstmgen.training import events

    found: dict[str, float] = {}

    def tell(event: events.Event) -> None:
        if isinstance(event, events.Compiled):
            found["peak while reading"] = megabytes("VmHWM")
            Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew
            found["before"] = megabytes("VmRSS")
        if isinstance(event, events.Planned):
            found["plan at"], found["planned"] = time.perf_counter() - BEGAN, event.memory / 1e6
        if isinstance(event, events.Progress) and event.step:
            found.setdefault("first update at", time.perf_counter() - BEGAN)

    lstmgen.train(path, level=level, mmap_above=above, steps=steps, on_event=tell, **NETWORK, **WINDOWS)
    found["grown"] = megabytes("VmHWM") - found["before"]
    return found


def speeds(paths: list[str], repeats: int, steps: int) -> dict[str, float]:
    """Best training speed over each text, in memory and, for the longest, in a file; tokens a second."""
    from lstmgen.settings import ModelSettings, TrainingSettings
    from lstmgen.text import load_corpus
    from lstmgen.training import events, train

    corpora = {f"{Path(path).stem} MB, in memory": load_corpus([path], mmap_above=IN_MEMORY) for path in paths}
    corpora[f"{Path(paths[-1]).stem} MB, in a file"] = load_corpus(paths[-1:], mmap_above=0)
    best = dict.fromkeys(corpora, 0.0)
    for _ in range(repeats):
        for name, corpus in corpora.items():
            settings = TrainingSettings(steps=steps, **WINDOWS)
            for event in train(corpus, ModelSettings(**NETWORK), settings):
                if isinstance(event, events.Finished):
                    best[name] = max(best[name], event.tokens_per_second)
    return best


def in_a_process(*what: object) -> dict[str, float]:
    """Run a part of this file in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.long_text", "--part", json.dumps(what)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def write_texts(source: bytes, folder: Path, longest: int) -> list[str]:
    """Files of 1 MB, a tenth of the longest, and the longest, named by their megabytes."""
    paths = []
    for size in sorted({1, max(1, longest // 10), longest}):
        path = folder / f"{size}.txt"
        whole, rest = divmod(size * 10**6, len(source))
        with path.open("wb") as stream:
            for _ in range(whole):
                stream.write(source)
            stream.write(source[:rest])
        paths.append(str(path))
    return paths


def report(args: argparse.Namespace, paths: list[str]) -> None:
    """Measure and print."""
    print("level  ids in  plan s  first update s  peak reading MB  grown MB  planned MB")
    for level, above in [(level, above) for level in ("char", "word") for above in (IN_MEMORY, IN_FILE)]:
        found = in_a_process("start", paths[-1], level, above, args.steps if level == "char" else args.steps // 4)
        kept = "memory" if above == IN_MEMORY else "file"
        seconds = f"{found['plan at']:6.1f}  {found['first update at']:14.1f}"
        memory = f"{found['peak while reading']:15.0f}  {found['grown']:8.1f}  {found['planned']:10.1f}"
        print(f"{level:<5}  {kept:<6}  {seconds}  {memory}", flush=True)
    best = in_a_process("speeds", paths, args.repeats, args.steps)
    first = next(iter(best.values()))
    for name, speed in best.items():
        print(f"{name:<22} {speed:9,.0f} tokens/s  {speed / first - 1:+.1%}")


def main() -> None:
    """Write the texts, measure, and take them away again."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", type=Path, default=Path(__file__).parents[2] / "corpora" / "storybook.txt")
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=6)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--folder")
    parser.add_argument("--part", type=json.loads, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.part:
        name, *rest = args.part
        print(json.dumps({"start": start, "speeds": speeds}[name](*rest)))
        return
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        report(args, write_texts(args.text.read_bytes(), Path(folder), args.megabytes))


if __name__ == "__main__":
    main()
