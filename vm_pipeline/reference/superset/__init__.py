"""Dashboards for Apache Superset, as `bi/superset` has them: written from the declarations of the views.

Belongs here: datasets, charts and dashboards in the form that `superset import-dashboards` takes.
Does not belong here: the views themselves (warehouse/views), running Superset.
"""

import json
from pathlib import Path

import yaml

from vm_pipeline.reference.superset.charts import CHARTS
from vm_pipeline.reference.superset.dashboards import DASHBOARDS, dashboard
from vm_pipeline.reference.superset.datasets import DATABASE, dataset
from vm_pipeline.reference.superset.parts import Yaml, slug, uuid_of
from vm_pipeline.warehouse.views import VIEWS

_VERSION = "1.0.0"  # of the form, not of the bundle
_TIMESTAMP = "2026-01-01T00:00:00+00:00"  # asked for, and the same each time


def files() -> dict[str, Yaml]:
    """Every file of the bundle, by its path in it."""
    found: dict[str, Yaml] = {"databases/warehouse.yaml": DATABASE}
    used = {chart.view for chart in CHARTS}
    found |= {f"datasets/warehouse/{view.name}.yaml": dataset(view) for view in VIEWS if view.name in used}
    found |= {f"charts/{slug(chart.name)}.yaml": chart.written() for chart in CHARTS}
    found |= {f"dashboards/{slug(one.title)}.yaml": dashboard(one) for one in DASHBOARDS}
    named = {path: {**said, "version": _VERSION, "uuid": uuid_of(path)} for path, said in found.items()}
    return {"metadata.yaml": {"version": _VERSION, "type": "Dashboard", "timestamp": _TIMESTAMP}, **named}


def write(folder: Path) -> list[Path]:
    """Write the bundle, and remove files of it that are no more."""
    for old in folder.rglob("*.yaml"):
        old.unlink()
    written = []
    for path, said in files().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        plain = json.loads(json.dumps(said))  # each part written out where it stands, without anchors
        target.write_text(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=120), "utf-8")
        written.append(target)
    return written
