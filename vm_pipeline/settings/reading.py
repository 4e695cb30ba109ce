"""Reading the settings: the command line, then the environment, then the file, then defaults.

Belongs here: the order of these, `${NAME}`, paths. Does not belong here: what a key may be (document).
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from vm_pipeline.alerts.keys import Alerts
from vm_pipeline.calendar import LONDON
from vm_pipeline.memory import half_of_machine
from vm_pipeline.quality.freshness import Freshness
from vm_pipeline.settings.document import Document, Quality
from vm_pipeline.settings.filling import Filling
from vm_pipeline.settings.problems import ConfigurationError, Problem, check, sound, told
from vm_pipeline.settings.resolve import Source, doubts, problems, sources
from vm_pipeline.sources.folder import FolderSource
from vm_pipeline.sources.retention import FOR_GOOD, Retention
from vm_pipeline.staging.policy import STRICTEST, Policy
from vm_pipeline.staging.reading import FileShape

_SYNTAX = re.compile(r" \(at line (\d+), column \d+\)$")

_SHORTEST_KEY = 16  # characters
_A_KEY = f"{_SHORTEST_KEY} or more that nobody can guess, such as `openssl rand -hex 32` gives"


@dataclass(frozen=True)
class Settings:
    """Everything a run needs to know. `nation` decides public holidays; `memory` is DuckDB's limit (`2GB`).

    `warehouse` is the snapshot file; `postgres` the address of a server it is published to, empty for none.
    `as_of_warehouse`: where an as-of question is answered, if not in the home. `warnings`: what may not be meant.
    """

    home: Path
    warehouse: Path
    sources: tuple[Source, ...] = ()
    nation: str = "SCT"
    first_month: str = "2015-04"
    memory: str = ""
    threads: int = 2
    quality: Quality = field(default_factory=Quality)
    privacy: Policy = STRICTEST
    retention: Retention = FOR_GOOD
    freshness: Freshness = field(default_factory=Freshness)
    alerts: Alerts = field(default_factory=Alerts)
    pseudonym_key: str = field(default="", repr=False)
    postgres: str = field(default="", repr=False)
    as_of_warehouse: Path | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What the command line says; None = not said. With an as-of question, `warehouse` is where it is answered."""

    config: Path | None = None
    feeds: Path | None = None
    home: Path | None = None
    warehouse: str | None = None
    as_of: str = ""


@dataclass(frozen=True)
class Variables:
    """Variables of the environment that the settings read; empty = not set."""

    VM_CONFIG: str = ""
    """Path of `vm.toml`; `--config` goes before it."""
    VM_FEEDS: str = ""
    """A drop folder in the canonical layout, in place of the sources of `vm.toml`; `--feeds`, `--config` go first."""
    VM_HOME: str = ""
    """Home folder; `--home` goes before it."""
    VM_WAREHOUSE: str = ""
    """Snapshot file, or address of a PostgreSQL server; `--warehouse` goes before it."""
    VM_PSEUDONYM_KEY: str = field(default="", repr=False)
    """Key of the hash of patient references, in place of `pseudonym.key` in the home; 16 characters or more."""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Variables":
        """Those of an environment."""
        return cls(**{one.name: environment.get(one.name, "") for one in fields(cls)})


def load(asked: Asked = Asked(), environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the command line, then the variables, then the file, then defaults. Raises ConfigurationError."""
    environment = os.environ if environment is None else environment
    said = Variables.of(environment)
    config = asked.config or _path(said.VM_CONFIG)
    feeds = asked.feeds or (None if asked.config else _path(said.VM_FEEDS))
    document, warnings = _document(config, environment) if config else (Document(), [])
    base = config.parent if config else Path.cwd()
    home = (asked.home or _path(said.VM_HOME) or base / document.home).absolute()
    named = _filled((not asked.as_of and asked.warehouse) or said.VM_WAREHOUSE, environment) or document.warehouse
    postgres = _postgres(named)
    warehouse = _warehouse("" if postgres else named, home)
    return Settings(
        home=home,
        warehouse=warehouse,
        postgres=postgres,
        as_of_warehouse=_aside(asked.warehouse, warehouse) if asked.as_of and asked.warehouse else None,
        sources=(FolderSource(feeds.absolute()),) if feeds else sources(document, base),
        nation=document.nation,
        first_month=document.first_month,
        memory=document.memory or half_of_machine(),
        threads=document.threads or os.cpu_count() or 2,
        quality=document.quality,
        privacy=Policy.of(document.privacy),
        retention=document.retention,
        freshness=document.freshness,
        alerts=document.alerts,
        pseudonym_key=_key(said.VM_PSEUDONYM_KEY),
        warnings=(*warnings, *_short_key(said.VM_PSEUDONYM_KEY)),
    )


def _key(text: str) -> str:
    """The key of pseudonyms. Raises ConfigurationError: with blanks alone everybody finds out who is meant."""
    if text and not text.strip():
        raise ConfigurationError(f"VM_PSEUDONYM_KEY: found blanks alone, expected {_A_KEY}.")
    return text


def _short_key(text: str) -> Iterator[str]:
    """A warning, and no error: another key hashes all patients again, on a day of the installation's own choosing."""
    if text and len(text.strip()) < _SHORTEST_KEY:
        yield (
            f"VM_PSEUDONYM_KEY: found {len(text.strip())} characters, expected {_A_KEY}: a short one is found by "
            "trying, and with it who is meant. With another key, patients are hashed again."
        )


def file_shape(config: Path, layout: str) -> FileShape:
    """How a layout of a file says that files are read. The rest may be a draft: only this is checked.

    Raises ConfigurationError.
    """
    text = _read(config)
    raw = _parsed(config, text)
    filling = Filling(raw, os.environ)
    if found := [one for one in check(raw, filling.filled)[1] if _is_on(("layout", layout, "file"), one.path)]:
        raise ConfigurationError("\n".join(told(_hidden(found, filling), str(config), text)))
    layouts = raw.get("layout", {})
    if layout not in layouts:
        one = f"one of {', '.join(layouts)}" if layouts else "a table [layout.<name>]"
        raise ConfigurationError(f"found no layout {layout!r} in {config}, expected {one}.")
    return FileShape.of(filling.filled["layout"][layout].get("file", {}))


def _is_on(way: Sequence[str | int], path: Sequence[str | int]) -> bool:
    """Whether a path lies on the way to a table, or in it."""
    return bool(path) and all(one == other for one, other in zip(way, path, strict=False))


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


def _aside(given: str, warehouse: Path) -> Path:
    """Where an as-of question is answered. Raises ConfigurationError where readers would take it for today."""
    path = _warehouse(given, warehouse)
    if path.resolve() == warehouse.resolve():
        raise ConfigurationError(
            f"--warehouse: found {path}, which readers read, expected another file for the answer to --as-of."
        )
    return path


def _document(config: Path, environment: Mapping[str, str]) -> tuple[Document, list[str]]:
    """The document of a file, and what to warn of. Raises ConfigurationError with everything that is wrong."""
    text = _read(config)
    raw = _parsed(config, text)
    filling = Filling(raw, environment)
    document, wrong = check(raw, filling.filled)
    found = [Problem(path, says) for path, says in filling.amiss.items()]
    found += [one for one in wrong if one.path not in filling.amiss]
    left = check(raw, sound(filling.filled, found))[0] if found else document
    found += problems(left, raw.get("layout", {})) if left else []
    if found or document is None:
        raise ConfigurationError("\n".join(told(_hidden(found, filling), str(config), text)))
    return document, told(_hidden(doubts(document), filling), str(config), text)


def _hidden(found: list[Problem], filling: Filling) -> list[Problem]:
    return [replace(one, says=filling.hidden(one.says)) for one in found]


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{path}: found {error.strerror}, expected a TOML file that can be read.") from error
    except UnicodeDecodeError as error:
        says = "found bytes that are not UTF-8, expected a TOML file. Save it as UTF-8."
        raise ConfigurationError(f"{path}: {says}") from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        lines = text.splitlines()[line - 1 : line]
        quotes = " Paths and patterns with a backslash stand in single quotes." if "\\" in "".join(lines) else ""
        raise ConfigurationError(f"{path}:{line}: found no valid TOML: {error}. Correct it there.{quotes}") from error


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _filled(text: str, environment: Mapping[str, str]) -> str:
    """What the command line or a variable says, its `${NAME}` filled in. Raises ConfigurationError."""
    filling = Filling({"warehouse": text}, environment)
    for says in filling.amiss.values():
        raise ConfigurationError(f"warehouse: {says}")
    return str(filling.filled["warehouse"])


def _postgres(given: str) -> str:
    """The address of a PostgreSQL warehouse; empty for a file. Raises ConfigurationError, without the address."""
    scheme, mark, _ = given.partition("://")
    if not mark or not scheme.startswith("postgres"):
        return ""
    from vm_pipeline.warehouse.postgres.address import parsed

    try:
        return parsed(given).render_as_string(hide_password=False)
    except ValueError as error:
        raise ConfigurationError(f"warehouse: {error}") from None


def _warehouse(given: str, home: Path) -> Path:
    """The snapshot file. Raises ConfigurationError for what is no file."""
    if not given:
        return home / "warehouse.duckdb"
    scheme, mark, rest = given.partition("://")
    if mark and scheme != "duckdb":
        expected = "a path, duckdb:///path or postgresql+psycopg://user@host/name"
        raise ConfigurationError(f"warehouse: found {scheme}://…, expected {expected}.")
    return Path(rest.removeprefix("/") if mark and not rest.startswith("//") else rest or given).absolute()
