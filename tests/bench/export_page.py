"""The page that writes, in a headless Chromium: its size, its speed, and how soon it begins.

    python -m tests.bench.export_page [--steps 20] [--seconds 3] [--repeats 3] [--note TEXT]

writes the section of EXPORT.md: for the bundled model and for 2 x 256 units trained for `--steps` on the shipped
storybook, with each kind of weights. Write is pressed as soon as the page is loaded; times are medians over `--repeats`
openings, taken inside the page.
"""

import os
import platform
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import lstmgen
from lstmgen.api import Model
from lstmgen.export.forms import EXPORT_FORMS
from lstmgen.shipped import shipped_model
from tests.bench.compare import cpu_name
from tests.bench.script import parser_for, run_script
from tests.bench.sections import EXPORT, put_section
from tests.bench.tables import share, table
from tests.browser import Browser, find_browser

LONGEST = 100_000  # what the page's field takes
# Runs before the page's own scripts: writes when it can, and notes when what was there. `timed` ends after `seconds` of
# writing; milliseconds since the page was asked for.
TIMED = """
window.timed = new Promise(done => addEventListener("load", () => {
  const by = id => document.getElementById(id), text = by("text");
  if (!text) return;
  by("length").value = %d;
  by("seed").value = "1";
  let first = null;
  const look = (_, watch) => {
    const now = {at: performance.now(), length: text.textContent.length};
    if (!now.length) return;
    first ??= now;
    if (now.at < first.at + %g && by("write").textContent === "Pause") return;
    watch.disconnect();
    done({first: first.at, rate: 1000 * (now.length - first.length) / (now.at - first.at)});
  };
  new MutationObserver(look).observe(text, {childList: true, characterData: true, subtree: true});
  by("write").click();
}));
"""


@dataclass(frozen=True)
class PageFigures:
    """Of one page: bytes of it and of the model file, seconds to the first character, characters a second then."""

    model: str
    weights: str
    size: int
    model_size: int
    first: float
    rate: float

    def cells(self) -> list[str]:
        """A row of the table."""
        size = f"{self.size / 1e6:.2f} MB"
        first, rate = f"{self.first:.2f} s", f"{self.rate:,.0f}"
        return [self.model, self.weights, size, share(self.size / self.model_size), first, rate]


def figures(browser: Browser, name: str, model: Model, file: Path, weights: str, repeats: int) -> PageFigures:
    """Open the page some times and let it write."""
    path = file.parent / "page.html"
    model.export(path, weights=weights)
    found = []
    for _ in range(repeats):
        browser.open(path.as_uri())
        found.append(browser.run("timed"))
    first, rate = (statistics.median(one[key] for one in found) for key in ("first", "rate"))
    return PageFigures(name, weights, path.stat().st_size, file.stat().st_size, first / 1000, rate)


def markdown(rows: list[PageFigures], about: str, note: str) -> str:
    """The section."""
    heads = ["model", "weights", "page", "of the .npz", "first character", "characters a second"]
    lines = [
        "## The page in a browser",
        "",
        "Its size, also as a share of the model file; how long after opening the first character is there, if Write is",
        "pressed as soon as the page is loaded; and how many follow in a second.",
        "",
        f"{about}. Made by `python -m tests.bench.export_page`. {note}".rstrip(),
        "The page computes the same whatever its weights were rounded to: rows of a model differ in speed by what else",
        "the machine did.",
        *table(heads, [row.cells() for row in rows]),
    ]
    return "\n".join(lines)


def models(folder: Path, bundled: Path, steps: int) -> list[tuple[Path, str]]:
    """Files of the two models, and how the table calls them."""
    copy, large = folder / "ready.npz", folder / "large.npz"
    copy.write_bytes(bundled.read_bytes())
    lstmgen.train("storybook", hidden_size=256, num_layers=2, steps=steps, seed=1).save(large)
    sizes = lstmgen.load(str(copy)).header["sizes"]
    return [(copy, f"bundled, {sizes['layers']} x {sizes['units']}"), (large, "2 x 256")]


def measure(browser: Browser, found: list[tuple[Path, str]], repeats: int) -> list[PageFigures]:
    """Every model with every kind of weights."""
    return [
        figures(browser, name, lstmgen.load(str(file)), file, weights, repeats)
        for file, name in found
        for weights in EXPORT_FORMS[".html"].weights
    ]


def main() -> None:
    """Measure and write."""
    parser = parser_for("export_page", __doc__)
    parser.add_argument("--steps", type=int, default=20, help="updates of the larger model")
    parser.add_argument("--seconds", type=float, default=3.0, help="of writing in each opened page")
    parser.add_argument("--repeats", type=int, default=3, help="how often each page is opened")
    parser.add_argument("--note", default="", help="what to say of the machine")
    args = parser.parse_args()
    path, bundled = find_browser(), shipped_model()
    if path is None or bundled is None:
        parser.error("it needs a Chromium (with Debian or Ubuntu: apt-get install chromium) and the bundled model")
    browser = Browser(path)
    try:
        browser.size(1280, 800)
        browser.call("Page.addScriptToEvaluateOnNewDocument", source=TIMED % (LONGEST, 1000 * args.seconds))
        with tempfile.TemporaryDirectory() as folder:
            rows = measure(browser, models(Path(folder), bundled, args.steps), args.repeats)
        version = browser.call("Browser.getVersion")["product"]
    finally:
        browser.close()
    about = f"{cpu_name()}, {os.cpu_count()} cores, {version}, {platform.system()}, {time.strftime('%Y-%m-%d')}"
    put_section(EXPORT, markdown(rows, about, args.note))
    print(f"wrote a section of {EXPORT}")


if __name__ == "__main__":
    run_script(main)
