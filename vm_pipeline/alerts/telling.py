"""One telling: what is news goes out by every way, and what was delivered is remembered.

Belongs here: the order of these, one telling at a time, never an error for the night.
Does not belong here: gathering causes.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from vm_pipeline.alerts.cause import Cause
from vm_pipeline.alerts.channels import Channel, channels
from vm_pipeline.alerts.keys import Alerts
from vm_pipeline.alerts.told import Message, after, news, read, write
from vm_pipeline.locks import tried

MOST = 10  # messages of one telling that go out one by one; more of them go in one


def tell(alerts: Alerts, folder: Path, causes: Sequence[Cause], judged: Collection[str]) -> list[str]:
    """Tell what is news of the causes there are. Returns what came of it, a line a way out that had anything to do.

    `folder` is where it is remembered what was told. `judged`: kinds of causes that were looked for; a cause of them
    that is not there is over. What could not be delivered is tried again the next time.
    """
    ways = channels(alerts)
    if not ways:
        return []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tried(folder / "lock") as mine:  # two at once would tell everything twice
            return [said for way in ways if (said := _by(way, alerts, folder, causes, judged))] if mine else []
    except OSError as error:
        return [f"Nobody was told: found {error.strerror} in {folder}. It is tried again the next time."]


def _by(way: Channel, alerts: Alerts, folder: Path, causes: Sequence[Cause], judged: Collection[str]) -> str:
    path = folder / f"told-{way.name}.json"
    told = read(path)
    messages = news(told, causes, judged)
    silent = [one for one in messages if one.is_over and not one.cause.lasts]
    delivered, amiss = 0, ""
    for together in [[one] for one in silent] + _deliveries([one for one in messages if one not in silent]):
        if together[0] not in silent:
            amiss = way.send(alerts.installation, together)
            if amiss:
                break
            delivered += len(together)
        for one in together:
            told = after(told, one)
        write(path, told)
    return _said(way.name, delivered, len(messages) - len(silent) - delivered, amiss)


def _deliveries(messages: list[Message]) -> list[list[Message]]:
    return [[one] for one in messages] if len(messages) <= MOST else [messages]


def _said(way: str, delivered: int, left: int, amiss: str) -> str:
    if amiss:
        return f"{way}: {delivered} told, {left} not: {amiss}. They are told the next time."
    return f"{way}: {delivered} told" if delivered else ""
