"""The charts: what each draws of which view. Ratios are shown as the warehouse has them, never added up.

Belongs here: one entry a chart. Does not belong here: where it stands (dashboards), columns (datasets).
"""

from dataclasses import dataclass

from sqlalchemy import Numeric

from vm_pipeline.indicators.catalogue import BOX_SCORE
from vm_pipeline.reference.superset.parts import Yaml, dataset_uuid, metric, only, where
from vm_pipeline.warehouse.tables import SCHEMA
from vm_pipeline.warehouse.views import VIEW_METADATA

_LINES = {
    "Value": "value",
    "Centre line": "centre_line",
    "Lower limit": "lower_limit",
    "Upper limit": "upper_limit",
    "Target": "target",
}


@dataclass(frozen=True)
class Chart:
    """A chart of one view."""

    name: str
    view: str
    kind: str
    params: Yaml

    def written(self) -> Yaml:
        """As its file has it."""
        return {
            "slice_name": self.name,
            "viz_type": self.kind,
            "params": {"viz_type": self.kind, "adhoc_filters": [], **self.params},
            "dataset_uuid": dataset_uuid(self.view),
            "cache_timeout": None,
        }


def _rows(name: str, view: str, *columns: str, **params: object) -> Chart:
    """Rows as they are: nothing is added up."""
    listed = {
        "query_mode": "raw",
        "all_columns": [*columns],
        "row_limit": 1000,
        "page_length": 20,
        "show_cell_bars": False,
    }
    shown = {"table_timestamp_format": "%Y-%m-%d", "column_config": _formats(view, columns)}
    return Chart(name, view, "table", listed | shown | params)


def _formats(view: str, columns: tuple[str, ...]) -> Yaml:
    """Pounds to the penny, other numbers as far as a person reads them."""
    kinds = {name: VIEW_METADATA.tables[f"{SCHEMA}.{view}"].columns[name].type for name in columns}
    numbers = [name for name, kind in kinds.items() if isinstance(kind, Numeric)]
    return {name: {"d3NumberFormat": ",.2f" if name.endswith("_gbp") else ",.2~f"} for name in numbers}


_RUN_CHART = {
    "x_axis": "starts_on",
    "time_grain_sqla": None,
    "metrics": [metric(name, f"MAX({column})") for name, column in _LINES.items()],
    "groupby": [],
    "seriesType": "line",
    "markerEnabled": False,
    "metrics_b": [
        metric("Signal", "MAX(CASE WHEN signal THEN value END)"),
        metric("Not judged", "MAX(CASE WHEN is_final THEN NULL ELSE value END)"),
    ],
    "groupby_b": [],
    "seriesTypeB": "scatter",
    "markerEnabledB": True,
    "markerSizeB": 12,
    "yAxisIndexB": 0,
    "adhoc_filters_b": [],
    "row_limit": 1000,
    "row_limit_b": 1000,
    "truncate_metric": True,
    "truncate_metric_b": True,
    "show_legend": True,
    "rich_tooltip": True,
    "x_axis_time_format": "%b %Y",
    "y_axis_format": ",.1~f",
    "color_scheme": "supersetColors",
}
_SAVINGS = {
    "x_axis": "case_name",
    "xAxisForceCategorical": True,
    "groupby": [],
    "metrics": [metric("Saving (£)", "SUM(saving_gbp)"), metric("Net of what moved (£)", "SUM(net_saving_gbp)")],
    "show_legend": True,
    "rich_tooltip": True,
    "y_axis_format": ",.0f",
    "row_limit": 100,
}
_REJECTED = {
    "x_axis": "rule_code",
    "xAxisForceCategorical": True,
    "groupby": ["feed"],
    "metrics": [metric("Rows", 'SUM("rows")')],
    "adhoc_filters": [where("is_in_force")],
    "stack": "Stack",
    "show_legend": True,
    "rich_tooltip": True,
    "row_limit": 1000,
}

CHARTS = (
    _rows(
        "Box score", "bi_box_score", "week_start",
        *(f"{one.column}{what}" for one in BOX_SCORE for what in ("", "_target", "_signal")),
        "completeness_pct", "not_final",
        order_by_cols=['["week_start", false]'],
    ),
    _rows(
        "Weeks that signal", "bi_indicator", "starts_on", "team_name", "indicator_name", "value", "unit", "centre_line",
        "target", "rule", "tier",
        adhoc_filters=[only("level", "team"), only("grain", "week"), where("signal AND block IS NOT NULL")],
        order_by_cols=['["starts_on", false]'],
    ),
    Chart("Run chart", "bi_indicator", "mixed_timeseries", _RUN_CHART),
    _rows(
        "Points", "bi_indicator", "starts_on", "numerator", "denominator", "value", "unit", "status", "qualifier",
        "centre_line", "lower_limit", "upper_limit", "target", "signal", "rule",
        order_by_cols=['["starts_on", false]'],
    ),
    Chart("Savings by case", "bi_saving", "echarts_timeseries_bar", _SAVINGS),
    _rows(
        "Savings declared", "bi_saving", "provider_name", "team_name", "case_name", "baseline_gbp", "actual_gbp",
        "saving_gbp", "saving_pct", "price_gbp", "activity_gbp", "efficiency_gbp",
        "price_and_efficiency_gbp", "net_saving_gbp", "is_cash_releasing", "balancing_measure", "balancing_held",
        "status", "reason",
    ),
    Chart(
        "Pounds the ledger and the teams differ by", "bi_reconciliation", "big_number_total",
        {"metric": metric("Difference", "SUM(ABS(difference_gbp))"), "y_axis_format": ",.2f",
         "subheader": "0.00, or nothing is published",
         "subheader_font_size": 0.125, "header_font_size": 0.4},
    ),
    _rows(
        "How far each feed has come", "bi_freshness", "provider_name", "feed", "last_period", "last_received_at",
        "batches_in_force", "batches_refused", "rows_received", "rows_accepted", "rows_rejected",
    ),
    Chart("Rejected rows by rule", "bi_rejection", "echarts_timeseries_bar", _REJECTED),
    _rows(
        "Ledger against teams", "bi_reconciliation", "provider_name", "financial_year", "ledger_period",
        "control_total_gbp", "ledger_total_gbp", "rejected_gbp", "superseded_gbp", "team_total_gbp", "unallocated_gbp",
        "difference_gbp", "is_reconciled",
    ),
)  # fmt: skip
