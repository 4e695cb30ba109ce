"""What a night meets: sources, and Dagster's home.

Belongs here: counts of what sources have; what Dagster's settings and storage say.
Does not belong here: names of files, receiving anything.
"""

from collections.abc import Iterator

from vm_pipeline.doctor.finding import Finding, note, ok, wrong
from vm_pipeline.home import Home
from vm_pipeline.sources.extract import Extract, Fetch, Problem
from vm_pipeline.sources.looking import look


def sources(of: Home, deep: bool) -> Iterator[Finding]:
    """How many extracts each source has. `deep`: of one that is asked over a network, one is asked for."""
    if not of.settings.sources:
        yield wrong("sources", "no source", "one at least", "Add [[source]] to vm.toml, or set VM_FEEDS.")
        return
    extracts, problems = of.find()
    if deep:
        asked = {one.origin: one for one in extracts if isinstance(one.content, Fetch)}
        problems += [seen for _, seen in look(of.landing, asked.values()) if isinstance(seen, Problem)]
    yield from (wrong("sources", f"{one.where}: {one.found}", one.expected, one.remedy) for one in problems)
    if extracts or not problems:
        yield ok("sources", f"{len(of.settings.sources)} sources, {_counted(extracts)}")


def _counted(extracts: list[Extract]) -> str:
    feeds = sorted({one.slot.feed.partition("/")[0] for one in extracts})
    counts = {feed: sum(one.slot.feed.partition("/")[0] == feed for one in extracts) for feed in feeds}
    return ", ".join(f"{count} of {feed}" for feed, count in counts.items()) or "no extract"


def dagster(of: Home) -> Iterator[Finding]:
    """Dagster's home: telemetry off, a storage that opens and has the schema of the installed version."""
    from vm_pipeline.defs.instance import look as look_at

    folder = of.folder / "dagster"
    found = look_at(folder)
    if found is None:
        yield note("dagster", f"no dagster.yaml in {folder}", "one", "`vm-pipeline run` writes it.")
        return
    if found.trouble:
        remedy = "Is its database up? Otherwise see the runbook, *Dagster's database is lost or broken*."
        yield wrong("dagster", found.trouble, "a storage that opens", remedy)
        return
    if found.telemetry:
        yield wrong("telemetry", "on", "off", f"Put `telemetry:` with `enabled: false` into {folder / 'dagster.yaml'}.")
    else:
        yield ok("telemetry", "off")
    old = [name for name, there, newest in found.revisions if there != newest]
    if old:
        remedy = "Stop Dagster, and `DAGSTER_HOME=… dagster instance migrate`."
        yield wrong("dagster", f"{', '.join(old)} storage of another version", "that of the installed Dagster", remedy)
    else:
        yield ok("dagster", f"{len(found.revisions)} storages of the installed version")
