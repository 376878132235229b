"""A headless Chromium at the end of two pipes, spoken to in its DevTools protocol. Needs nothing but the browser."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 60.0  # seconds for an answer: a busy machine starts a browser slowly
KEYS = {
    " ": 32, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "Tab": 9,
    "Enter": 13,
}  # fmt: skip
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
    "--disable-extensions", "--disable-sync", "--disable-background-networking", "--disable-component-update",
    "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
WIRING = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3)  # where the browser reads
os.dup2(ends[1], 4)  # and where it writes
os.execv(sys.argv[3], sys.argv[3:])
"""


def find_browser() -> str | None:
    """Path of a Chromium, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One tab. `requests` are the addresses asked for, `complaints` what its console and its policies had to say."""

    def __init__(self, path: str) -> None:
        self._home = tempfile.mkdtemp(prefix="browser-")
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        self._process = subprocess.Popen(
            [sys.executable, "-c", WIRING, str(to_browser), str(from_browser), path, *FLAGS,
             f"--user-data-dir={self._home}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(to_browser, from_browser), start_new_session=True,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._held, self._number = b"", 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._loaded: set[str] = set()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for room in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{room}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)

    def call(self, method: str, **parameters: Any) -> Any:
        """One command and its result; whatever else is told on the way is noted."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == self._number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return told["result"]
            self._note(told)

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._held:
            if not select.select([self._in], [], [], max(0.0, end - time.monotonic()))[0]:
                raise TimeoutError("The browser does not answer.")
            part = os.read(self._in, 1 << 20)
            if not part:
                raise RuntimeError("The browser has ended.")
            self._held += part
        message, _, self._held = self._held.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def _note(self, told: dict[str, Any]) -> None:
        method, facts = told.get("method"), told.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(facts["request"]["url"])
        elif method == "Runtime.consoleAPICalled" and facts["type"] in ("error", "warning", "assert"):
            self.complaints.append(str([piece.get("value") for piece in facts["args"]]))
        elif method == "Runtime.exceptionThrown":
            details = facts["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded" and facts["entry"]["level"] in ("error", "warning"):
            self.complaints.append(facts["entry"]["text"])
        elif method == "Page.lifecycleEvent" and facts["name"] == "load":
            self._loaded.add(facts["loaderId"])

    def size(self, width: int, height: int, *, dark: bool = False, dots: float = 1) -> None:
        """Of the window, and which ground the system prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=dots, mobile=False
        )
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def open(self, address: str) -> None:
        """Go there anew, even where only the fragment differs, and wait until all of it is loaded."""
        self._go("about:blank")
        self.requests.clear()
        self.complaints.clear()
        self._go(address)

    def _go(self, address: str) -> None:
        page = self.call("Page.navigate", url=address)["loaderId"]
        while page not in self._loaded:
            self._note(self._next())

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        told = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"])
        return told["result"].get("value")

    def click(self, selector: str, *, x: float = 0.5, y: float = 0.5) -> None:
        """A real click on the first element that fits, at shares of its width and height."""
        place = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'center'}); const b = e.getClientRects()[0];"
            "return [b.x, b.y, b.width, b.height] })()"
        )
        at = {"x": place[0] + x * place[2], "y": place[1] + y * place[3]}
        self.call("Input.dispatchMouseEvent", type="mouseMoved", **at)
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **at)
        self._settle()

    def press(self, key: str) -> None:
        """A real key."""
        for kind in ("rawKeyDown", "keyUp"):
            code = KEYS[key]
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)
        self._settle()

    def _settle(self) -> None:
        """Until what the page does a little later (toggle and hashchange are told after the fact) is done."""
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def shoot(self, path: Path, *, whole: bool = True) -> None:
        """A picture of the page as .png."""
        told = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(told["data"]))

    def close(self) -> None:
        """End the browser and remove what it wrote."""
        self._session = None
        try:
            self.call("Browser.close")
            self._process.wait(PATIENCE)
        except (OSError, RuntimeError, TimeoutError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        for end in (self._in, self._out):
            os.close(end)
        shutil.rmtree(self._home, ignore_errors=True)


def load_module(browser: Browser, path: Path) -> None:
    """A JavaScript module, as `it` in the page that is open."""
    source = json.dumps(path.read_text(encoding="utf-8"))
    browser.run(
        f"import(URL.createObjectURL(new Blob([{source}], {{type: 'text/javascript'}})))"
        ".then(module => { window.it = module; return 1; })"
    )
