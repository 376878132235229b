"""A stop text, watched for in text that arrives in pieces."""

from __future__ import annotations


class StopFilter:
    """Passes text on until `stop` has come; what may be its beginning is held back until that is decided."""

    def __init__(self, stop: str | None) -> None:
        self.stop = stop or ""
        self.has_come = False
        self._held = ""

    def push(self, text: str) -> str:
        """What of the text so far can be shown now. After the stop text has come: nothing any more."""
        if self.has_come or not self.stop:
            return "" if self.has_come else text
        text = self._held + text
        at = text.find(self.stop)
        if at >= 0:
            self.has_come, self._held = True, ""
            return text[:at]
        held = min(len(text), len(self.stop) - 1)
        while held and not text.endswith(self.stop[:held]):
            held -= 1
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def flush(self) -> str:
        """What was held back, once no more text comes."""
        held, self._held = self._held, ""
        return held
