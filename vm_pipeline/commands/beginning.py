"""Whether a night can begin at all.

Belongs here: what is looked at before anything runs, and telling people where nights are worked already.
Does not belong here: settings (options), what a landing meets (sources).
"""

from collections.abc import Sequence

from vm_pipeline.home import Home
from vm_pipeline.settings import ConfigurationError, Settings
from vm_pipeline.sources.extract import Problem
from vm_pipeline.sources.folder import empty


def need_source(chosen: Settings) -> None:
    """Raises ConfigurationError where the settings name nothing to receive from."""
    if not chosen.sources:
        raise ConfigurationError("found no source, expected --feeds DIR, --config FILE, VM_FEEDS or VM_CONFIG.")


def refuse_empty(home: Home) -> None:
    """Drop folders that are not there, or have nothing in them, are a mistake to mend before anything runs.

    Raises ConfigurationError.
    """
    problems = empty(home.settings.sources)
    if not problems:
        return
    _tell_of(home, problems)
    raise ConfigurationError("; ".join(map(str, problems)))


def _tell_of(home: Home, problems: Sequence[Problem]) -> None:
    """As after any other night, where there were some: nobody reads what cron writes into a log."""
    from vm_pipeline.alerts.cause import not_received
    from vm_pipeline.alerts.telling import tell

    if home.folder.is_dir():
        tell(home.settings.alerts, home.alerts, not_received(problems), ())
