"""Settings: where the home is, which sources there are, what warns. The only reader of the environment.

Belongs here: `vm.toml`, the variables VM_*, their defaults, and saying precisely what is wrong with them.
Does not belong here: anything that acts on a setting.
"""

import difflib
import itertools
import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from vm_pipeline.calendar import LONDON, is_period
from vm_pipeline.feeds import FEEDS
from vm_pipeline.feeds.reference import REFERENCES
from vm_pipeline.sources.files import FilesSource, PeriodRule
from vm_pipeline.sources.folder import FolderSource
from vm_pipeline.sources.query import QuerySource
from vm_pipeline.sources.retention import FOR_GOOD, Retention
from vm_pipeline.staging.layouts import Layout
from vm_pipeline.staging.policy import STRICTEST, Policy

Source = FolderSource | FilesSource | QuerySource

_TOP = (
    "home",
    "warehouse",
    "nation",
    "first_month",
    "memory",
    "threads",
    "source",
    "layout",
    "quality",
    "privacy",
    "retention",
)
_SOURCE = ("folder", "feed", "provider", "files", "period", "database", "query", "first", "last", "layout", "part")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_NATIONS = ("SCT", "ENG", "WLS", "NIR")


class ConfigurationError(Exception):
    """The configuration cannot be used. The text says where, what was found, what was expected, what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything a run needs to know. `nation` decides public holidays; `memory` is DuckDB's limit (`2GB`)."""

    home: Path
    warehouse: Path
    sources: tuple[Source, ...] = ()
    nation: str = "SCT"
    first_month: str = "2015-04"
    memory: str = ""
    threads: int = 2
    quality: Mapping[str, Any] = field(default_factory=dict)
    privacy: Policy = STRICTEST
    retention: Retention = FOR_GOOD
    pseudonym_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Asked:
    """What the command line says; None = not said."""

    config: Path | None = None
    feeds: Path | None = None
    home: Path | None = None
    warehouse: str | None = None


def load(asked: Asked = Asked(), environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the command line, then VM_HOME, VM_WAREHOUSE, VM_CONFIG, VM_FEEDS, then the file, then defaults.

    Raises ConfigurationError.
    """
    env = os.environ if environment is None else environment
    config = asked.config or _path(env.get("VM_CONFIG"))
    feeds = asked.feeds or (None if asked.config else _path(env.get("VM_FEEDS")))
    raw, base = (_read(config), config.parent) if config else ({}, Path.cwd())
    raw = _expand(raw, env, str(config))
    _known_keys(raw, _TOP, str(config))
    home = (asked.home or _path(env.get("VM_HOME")) or base / raw.get("home", "vm-home")).absolute()
    warehouse = asked.warehouse or env.get("VM_WAREHOUSE") or raw.get("warehouse")
    sources = (FolderSource(feeds.absolute()),) if feeds else _sources(raw, base, str(config))
    return Settings(
        home=home,
        warehouse=_warehouse(warehouse, home),
        sources=sources,
        nation=_one_of(raw.get("nation", "SCT"), _NATIONS, "nation", str(config)),
        first_month=_month(raw.get("first_month", "2015-04"), "first_month", str(config)),
        memory=raw.get("memory", ""),
        threads=raw.get("threads", os.cpu_count() or 2),
        quality=raw.get("quality", {}),
        privacy=_privacy(raw.get("privacy", {}), f"{config}, privacy"),
        retention=_retention(raw.get("retention", {}), f"{config}, retention"),
        pseudonym_key=env.get("VM_PSEUDONYM_KEY", ""),
    )


def as_of(text: str) -> str:
    """A moment as receipts are stamped (UTC, ISO). A day means its end; without an offset it is London time."""
    try:
        moment = datetime.fromisoformat(text)
        if len(text) == len("2022-07-31"):
            moment = datetime.combine(date.fromisoformat(text), time.max)
    except ValueError as error:
        raise ConfigurationError(f"--as-of: found {text!r}, expected a day or time like 2022-07-31T02:00.") from error
    return (
        (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(UTC).isoformat(timespec="microseconds")
    )


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: found {error.strerror}, expected a TOML file that can be read.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: found bytes that are not UTF-8, expected a TOML file.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: found no valid TOML: {error}. Correct it there.") from error


def _expand(value: Any, env: Mapping[str, str], where: str) -> Any:
    """`${NAME}` in any text becomes the environment's value; one that is not set is an error."""
    if isinstance(value, dict):
        return {key: _expand(one, env, where) for key, one in value.items()}
    if isinstance(value, list):
        return [_expand(one, env, where) for one in value]
    if not isinstance(value, str):
        return value
    unset = [name for name in _VARIABLE.findall(value) if name not in env]
    if unset:
        raise ConfigurationError(f"{where}: found ${{{unset[0]}}}, expected {unset[0]} to be set in the environment.")
    return _VARIABLE.sub(lambda match: env[match[1]], value)


def _known_keys(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            hint = f" The closest is {close[0]!r}." if close else ""
            raise ConfigurationError(f"{where}: found the key {key!r}, expected one of {', '.join(known)}.{hint}")


def _one_of(value: Any, known: tuple[str, ...], name: str, where: str) -> str:
    if value not in known:
        raise ConfigurationError(f"{where}: found {name} = {value!r}, expected one of {', '.join(known)}.")
    return str(value)


def _month(value: Any, name: str, where: str) -> str:
    if not isinstance(value, str) or not is_period(value):
        raise ConfigurationError(f"{where}: found {name} = {value!r}, expected a month like 2022-04.")
    return value


def _warehouse(given: str | None, home: Path) -> Path:
    """The snapshot file. Raises ConfigurationError for engines this version does not publish to."""
    if not given:
        return home / "warehouse.duckdb"
    scheme, mark, rest = given.partition("://")
    if mark and scheme != "duckdb":
        raise ConfigurationError(f"warehouse: found {scheme}://…, expected a path or duckdb:///path.")
    return Path(rest.removeprefix("/") if mark and not rest.startswith("//") else rest or given).absolute()


def _sources(raw: Mapping[str, Any], base: Path, where: str) -> tuple[Source, ...]:
    layouts = {name: _layout(table, f"{where}, layout {name}") for name, table in raw.get("layout", {}).items()}
    return tuple(
        _source(table, provider, base, layouts, f"{where}, source {place}")
        for place, table in enumerate(raw.get("source", []), 1)
        for provider in _providers(table.get("provider", ""))
    )


def _providers(given: Any) -> list[str]:
    """One source may stand for several providers: a national file, a query."""
    return [str(one).upper() for one in (given if isinstance(given, list) else [given])]


def _layout(table: Mapping[str, Any], where: str) -> str:
    _known_keys(table, tuple(one.name for one in fields(Layout)), where)
    try:
        return Layout.of({"columns": {}, **table}).to_json()
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}") from error


def _privacy(table: Mapping[str, Any], where: str) -> Policy:
    try:
        return Policy.of(table)
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}") from error


def _retention(table: Mapping[str, Any], where: str) -> Retention:
    try:
        return Retention.of(table)
    except ValueError as error:
        raise ConfigurationError(f"{where}: {error}") from error


def _source(table: Mapping[str, Any], provider: str, base: Path, layouts: Mapping[str, str], where: str) -> Source:
    _known_keys(table, _SOURCE, where)
    if "folder" in table:
        return FolderSource((base / table["folder"]).absolute())
    feed = _one_of(table.get("feed"), (*FEEDS, *(f"reference/{n}" for n in REFERENCES)), "feed", where)
    layout = layouts[_one_of(table["layout"], tuple(layouts), "layout", where)] if "layout" in table else ""
    part = str(table.get("part", ""))
    if feed == "ledger" and layout and json.loads(layout)["unpivot"]:
        raise ConfigurationError(f"{where}: found a layout with `unpivot`, expected one row a line for a ledger.")
    if feed in FEEDS and not provider:
        raise ConfigurationError(f"{where}: found no `provider`, expected the code of the provider whose {feed} it is.")
    if "query" in table:
        first, last = (_month(table.get(name), name, where) for name in ("first", "last"))
        return QuerySource(feed, provider, _database(table, where), str(table["query"]), first, last, layout, part)
    if not table.get("files"):
        raise ConfigurationError(f"{where}: found neither `folder` nor `files` nor `query`, expected one of them.")
    pattern = base / str(table["files"])
    fixed = list(itertools.takewhile(lambda part: not set(part) & set("*?["), pattern.parts))
    root = Path(*fixed) if len(fixed) < len(pattern.parts) else pattern.parent
    return FilesSource(
        feed, provider, root.absolute(), str(pattern.relative_to(root)), _period(table, where), layout, part
    )


def _database(table: Mapping[str, Any], where: str) -> str:
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        make_url(table.get("database", ""))
    except ArgumentError as error:
        expected = "an address like postgresql://host/name or sqlite:////path/to/file.db"
        raise ConfigurationError(f"{where}: found no `database` that can be read, expected {expected}.") from error
    return str(table["database"])


def _period(table: Mapping[str, Any], where: str) -> PeriodRule:
    rule = table.get("period", {})
    _known_keys(rule, tuple(one.name for one in fields(PeriodRule)), f"{where}, period")
    try:
        return PeriodRule(**rule)
    except ValueError as error:
        raise ConfigurationError(f"{where}, period: {error}") from error
