"""A real browser, driven by the WebDriver protocol: chromedriver is asked over HTTP, so nothing need be installed.

Belongs here: starting and ending it, opening, reading, clicking, waiting, pictures, what the pages' scripts say.
Does not belong here: anything that knows the pages.
"""

import base64
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import requests

from vm_pipeline_tests.loopback import free_port

T = TypeVar("T")

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
_TAB = "\ue004"
_WAIT = 40.0
_CLICK = """
const found = document.evaluate(arguments[0], document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE, null);
for (let i = 0; i < found.snapshotLength; i++) {
    const node = found.snapshotItem(i);
    if (node.getClientRects().length && !node.disabled) {
        node.scrollIntoView({block: "center"});
        node.click();
        return true;
    }
}
return false;
"""
_ASKED = "return performance.getEntriesByType('resource').length"
_SHOW = """
const found = document.evaluate(arguments[0], document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null);
found.singleNodeValue.scrollIntoView({block: "center"});
"""


def missing() -> str:
    """Why there is no browser here; empty = there is one."""
    lacking = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    return f"found no {' and no '.join(lacking)}; apt-get install chromium chromium-driver" if lacking else ""


def wait_until(look: Callable[[], T], what: Callable[[], str], seconds: float = _WAIT) -> T:
    """Look until there is something to see, and return it. `what` says at the end what was missed."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what()}"
        time.sleep(0.2)
    return seen


@dataclass
class Browser:
    """One session: one window."""

    session: str
    origin: str
    shots: Path
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the origin."""
        self._ask("POST", "/url", {"url": self.origin + path})

    def text(self) -> str:
        """What is rendered, as a person would copy it."""
        return str(self.script("return document.body ? document.body.innerText : ''"))

    def see(self, *texts: str, seconds: float = _WAIT) -> str:
        """Wait until every text is rendered; capitals do not matter. Returns all that is rendered."""

        def lacking() -> list[str]:
            rendered = self.text().casefold()
            return [text for text in texts if text.casefold() not in rendered]

        wait_until(lambda: not lacking(), lambda: f"{lacking()} on {self.address()}:\n{self.text()[:3000]}", seconds)
        return self.text()

    def click(self, xpath: str, seconds: float = _WAIT) -> None:
        """Click the first visible element of an XPath, once there is one."""
        wait_until(
            lambda: self.script(_CLICK, xpath), lambda: f"{xpath} on {self.address()}:\n{self.text()[:3000]}", seconds
        )

    def type(self, css: str, text: str) -> None:
        """Type into the first field that a CSS selector names, and leave it."""
        found = wait_until(lambda: self._ask("POST", "/elements", {"using": "css selector", "value": css}), lambda: css)
        element = next(iter(found[0].values()))
        self._ask("POST", f"/element/{element}/value", {"text": text + _TAB})

    def script(self, javascript: str, *arguments: Any) -> Any:
        """What a script returns; a promise is waited for."""
        return self._ask("POST", "/execute/sync", {"script": javascript, "args": arguments})

    def show(self, text: str) -> None:
        """Scroll to what says exactly this."""
        self.script(_SHOW, f"//*[normalize-space(text())='{text}']")

    def settle(self) -> None:
        """Wait until the page has asked its server for nothing new for a second."""

        def is_quiet() -> bool:
            before = self.script(_ASKED)
            time.sleep(1)
            return bool(before == self.script(_ASKED))

        wait_until(is_quiet, lambda: f"{self.address()} goes on loading")

    def address(self) -> str:
        """Where the window is."""
        return str(self._ask("GET", "/url"))

    def shot(self, name: str) -> Path:
        """A picture of the window, under the folder of pictures."""
        self.listen()
        path = self.shots / f"{name}.png"
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))
        return path

    def listen(self) -> list[str]:
        """Errors the pages' scripts wrote to the console so far, and requests the origin itself answered badly."""
        for entry in self._ask("POST", "/se/log", {"type": "browser"}):
            abroad = entry["source"] == "network" and self.origin not in entry["message"]
            if entry["level"] == "SEVERE" and not abroad:
                self.complaints.append(f"{entry['source']}: {entry['message']}")
        return self.complaints

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, self.session + path, json=body, timeout=60)
        value = answer.json()["value"]
        assert answer.ok, f"{method} {path}: {value}"
        return value


@contextmanager
def browser(origin: str, profile: Path, shots: Path, width: int = 1600, height: int = 1000) -> Iterator[Browser]:
    """A fresh browser with a profile folder of its own; gone, driver included, at the end."""
    port = free_port()
    with (profile.parent / "chromedriver.log").open("w") as log:
        driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=log, stderr=log)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: _is_ready(address), lambda: "chromedriver")
        with _session(address, profile, (width, height)) as session:
            yield Browser(session, origin, shots)
    finally:
        driver.terminate()
        try:
            driver.wait(20)
        except subprocess.TimeoutExpired:  # it waits for a browser that waits for a processor
            driver.kill()
            driver.wait()


def _is_ready(address: str) -> bool:
    try:
        return bool(requests.get(f"{address}/status", timeout=5).json()["value"]["ready"])
    except requests.ConnectionError:
        return False


@contextmanager
def _session(address: str, profile: Path, size: tuple[int, int]) -> Iterator[str]:
    options = {
        "args": [*_FLAGS, f"--user-data-dir={profile}", "--window-size={},{}".format(*size)],
        "binary": shutil.which("chromium"),
    }
    wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    body = {"capabilities": {"alwaysMatch": wanted}}
    made = requests.post(f"{address}/session", json=body, timeout=60).json()["value"]
    assert "sessionId" in made, made
    session = f"{address}/session/{made['sessionId']}"
    try:
        yield session
    finally:
        requests.delete(session, timeout=30)
