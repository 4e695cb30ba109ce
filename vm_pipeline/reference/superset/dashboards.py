"""The dashboards: which charts stand on them, below each other, and what they are filtered by.

Belongs here: titles, order, filters. Does not belong here: what a chart draws (charts).
"""

from dataclasses import dataclass

from vm_pipeline.reference.superset.parts import Yaml, dataset_uuid, slug, uuid_of

_WIDTH = 12  # columns of a row


@dataclass(frozen=True)
class Dashboard:
    """`charts`: a name and a height (in units of Superset) a row.

    `filters`: names, columns of `view`, and the value they begin with; empty = the first there is.
    """

    title: str
    charts: tuple[tuple[str, int], ...]
    view: str
    filters: tuple[tuple[str, str, str], ...]


DASHBOARDS = (
    Dashboard(
        "Box score of a team",
        (("Box score", 60), ("Weeks that signal", 50)),
        "bi_box_score",
        (("Provider", "provider_name", ""), ("Team", "team_name", "")),
    ),
    Dashboard(
        "Run chart of an indicator",
        (("Run chart", 60), ("Points", 50)),
        "bi_indicator",
        (
            ("Grain", "grain", "month"),
            ("Level", "level", "team"),
            ("Whose", "member_name", ""),
            ("Indicator", "indicator_name", ""),
        ),
    ),
    Dashboard(
        "Savings", (("Savings by case", 50), ("Savings declared", 40)), "bi_saving", ()
    ),
    Dashboard(
        "Data quality",
        (
            ("Pounds the ledger and the teams differ by", 25),
            ("How far each feed has come", 50),
            ("Rejected rows by rule", 50),
            ("Ledger against teams", 50),
        ),
        "bi_freshness",
        (),
    ),
)  # fmt: skip


def dashboard(one: Dashboard) -> Yaml:
    """As its file has it."""
    return {
        "dashboard_title": one.title,
        "slug": slug(one.title).replace("_", "-"),
        "description": None,
        "css": "",
        "position": _position(one),
        "metadata": {
            "native_filter_configuration": [_filter(one, place) for place in range(len(one.filters))],
            "color_scheme": "supersetColors",
            "cross_filters_enabled": False,
            "refresh_frequency": 0,
        },
    }


def _position(one: Dashboard) -> Yaml:
    """A row a chart, each as wide as the page."""
    rows = {f"ROW-{n}": name for n, (name, _) in enumerate(one.charts)}
    tops = ["ROOT_ID", "GRID_ID"]
    found: Yaml = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [*rows], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": one.title}},
    }
    for (row, name), (_, height) in zip(rows.items(), one.charts, strict=True):
        chart = row.replace("ROW", "CHART")
        found[row] = {
            "type": "ROW", "id": row, "children": [chart], "parents": tops,
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
        }  # fmt: skip
        found[chart] = {
            "type": "CHART", "id": chart, "children": [], "parents": [*tops, row],
            "meta": {
                "uuid": uuid_of(f"charts/{slug(name)}.yaml"), "sliceName": name, "width": _WIDTH, "height": height,
                "chartId": 0,
            },
        }  # fmt: skip
    return found


def _filter(one: Dashboard, place: int) -> Yaml:
    """One value; offered are those that fit the filters before it."""
    name, column, begins = one.filters[place]
    chosen = {
        "extraFormData": {"filters": [{"col": column, "op": "IN", "val": [begins]}]},
        "filterState": {"value": [begins], "label": begins},
    }
    return {
        "id": f"NATIVE_FILTER-{column}",
        "name": name,
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "description": "",
        "targets": [{"column": {"name": column}, "datasetUuid": dataset_uuid(one.view)}],
        "controlValues": {
            "defaultToFirstItem": not begins, "enableEmptyFilter": True, "multiSelect": False,
            "inverseSelection": False, "searchAllOptions": False, "sortAscending": True,
        },
        "defaultDataMask": chosen if begins else {"extraFormData": {}, "filterState": {}},
        "requiredFirst": not begins,  # charts wait for it
        "cascadeParentIds": [f"NATIVE_FILTER-{column}" for _, column, _ in one.filters[:place]],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
    }  # fmt: skip
