"""Dagster's pages as a person uses them: what is where, what to press, what must be rendered.

Belongs here: addresses and names of Dagster's pages and buttons, of the version that is pinned.
Does not belong here: what this pipeline's pages must say (the test), how a browser is driven (browser).
"""

import re
from urllib.parse import quote

from vm_pipeline_tests.ui.browser import Browser, wait_until

_JOB = "/locations/vm_pipeline.definitions/jobs/"
_PARTITIONS = "input[placeholder^='ex: ']"
_ENDS = ("Success", "Failure", "Canceled")
_RUN_SECONDS = 90
_MARK_OF_CHECK = """
const row = [...document.querySelectorAll(`[title="${arguments[0]}"]`)].map(one => one.parentElement.parentElement);
return row.map(one => one.querySelector("[role=img]")?.ariaLabel).find(Boolean) || "";
"""


def open_graph(browser: Browser, *expanded: str) -> None:
    """The global asset graph from top to bottom, with some groups open and nothing beside it."""
    groups = ",".join(f"global@global:{group}" for group in expanded)
    browser.open("/asset-groups")
    browser.script("localStorage.setItem('asset-graph-direction', JSON.stringify('vertical'))")
    browser.open(f"/asset-groups?expanded={quote(groups)}" if expanded else "/asset-groups")


def open_asset(browser: Browser, key: str, view: str = "", **query: str) -> None:
    """A view of an asset (`checks`, `partitions`, `events`); none = the overview."""
    chosen = {"view": view, **query} if view else query
    browser.open(f"/assets/{key}" + "".join(f"{'&' if i else '?'}{k}={v}" for i, (k, v) in enumerate(chosen.items())))


def materialize(browser: Browser, job: str, month: str = "") -> str:
    """Press a job's button, for one month where it has months. Returns the first eight characters of the run's id."""
    browser.open(_JOB + job)
    browser.click("//button[starts-with(normalize-space(.), 'Materialize all')]")
    if month:
        browser.see("Partition selection")
        browser.type(_PARTITIONS, month)
        browser.see("1 partition")
        browser.click("//button[normalize-space(.)='Launch 1 run']")
    said = browser.see("Launched run")
    found = re.search(r"Launched run (\w{8})", said)
    assert found, said
    return found[1]


def open_latest_run(browser: Browser) -> None:
    """The page of the run at the head of the list."""
    browser.open("/runs")
    browser.click("//a[starts-with(@href, '/runs/')][string-length(normalize-space(.)) = 8]")


def end_of_run(browser: Browser, short_id: str) -> str:
    """Watch a run on its page, which is never loaded again, until it is over. Returns how it ended."""
    browser.open("/runs")
    browser.click(f"//a[normalize-space(.)='{short_id}']")
    ended = re.compile(rf"{short_id}\s+({'|'.join(_ENDS)})\b")
    found = wait_until(
        lambda: ended.search(browser.text()), lambda: f"the end of {short_id}:\n{browser.text()[:2000]}", _RUN_SECONDS
    )
    return found[1] if found else ""


def mark_of_check(browser: Browser, check: str) -> str:
    """The picture beside a check in the list of checks: a tick, a warning, an error."""
    return str(browser.script(_MARK_OF_CHECK, check))
