"""Pictures of Dagster's pages after the nights: freshness, ticks, runs, lineage of columns.

Belongs here: which pages, and what must be rendered before a picture is taken.
Does not belong here: how a browser is driven (ui/browser), the nights.
"""

from pathlib import Path

from vm_pipeline_tests.loopback import free_port
from vm_pipeline_tests.month.installation import Installation
from vm_pipeline_tests.ui.browser import browser

_LOCATION = "/locations/vm_pipeline"
_PAGES = {  # name → address, and what is there once it is drawn
    "freshness": ("/assets/landing/ledger?view=overview", ("Freshness policy", "Passing")),
    "schedule": (f"{_LOCATION}/schedules/nightly", ("nightly", "Tick")),
    "alerts": (f"{_LOCATION}/sensors/alerts", ("alerts", "Tick")),
    "runs": ("/runs", ("land", "Success")),
    "lineage": ("/assets/core/fact_cost?view=lineage&column=amount_gbp", ("fact_cost", "amount_gbp")),
}


def take_pictures(one: Installation, folder: Path) -> None:
    """One file a page."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    words = ("-w", str(one.root / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port))
    one.start_program("dagster-webserver", *words)
    address = f"http://127.0.0.1:{port}"
    one.until(lambda: _answers(address), "the pages answer", hurry=False)
    with browser(address, one.root / "profile", folder) as window:
        for name, (path, texts) in _PAGES.items():
            window.open(path)
            window.see(*texts, seconds=90)
            window.settle()
            window.shot(name)


def _answers(address: str) -> bool:
    import requests

    try:
        return requests.get(f"{address}/server_info", timeout=5).ok
    except requests.ConnectionError:
        return False
