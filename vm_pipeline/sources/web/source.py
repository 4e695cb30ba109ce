"""Web addresses as a source: one extract a month, or one file.

Belongs here: the keys of such a source, and which address stands for which slot.
Does not belong here: HTTP (asking, download), pages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit

from vm_pipeline.keys import SECRET
from vm_pipeline.sources.declared import FeedKeys
from vm_pipeline.sources.extract import Extract, Fetch, NotReceived, Problem
from vm_pipeline.sources.months import FACTS, asked, facts
from vm_pipeline.sources.objects import digest
from vm_pipeline.sources.period import PeriodRule
from vm_pipeline.sources.sender import Sender
from vm_pipeline.sources.web.asking import Auth, Question, Site, origin_of, shown
from vm_pipeline.sources.web.checksums import SHA256
from vm_pipeline.sources.web.download import download
from vm_pipeline.sources.web.limits import Clock, Course, Limits
from vm_pipeline.sources.web.pages import Pages, bring_pages

_PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, kw_only=True)
class WebKeys(FeedKeys):
    """A web address."""

    url: Annotated[str, SECRET] = field(repr=False)
    """Address of a file or of an API. `{period}`, `{year}`, `{month}`, `{first_day}`, `{last_day}` and
    `{financial_year}` (`2022-23`) in it, or in `params`, are those of each month from `first` to `last`."""
    first: str = ""
    """First month to ask for, such as `2026-04`."""
    last: str = ""
    """Last month to ask for. May lie ahead."""
    covers: str = ""
    """The months of an address without a month in it: `2020-04` or `2020-04_2021-03`."""
    required: bool = False
    """Whether a month that is not there (404) is a problem. Default: it is not there yet."""
    params: Annotated[Mapping[str, str] | None, SECRET] = field(default=None, repr=False)
    """Parameters of the query; the place for keys of it."""
    auth: Auth | None = None
    """Who asks."""
    allow_redirects_to: tuple[str, ...] = ()
    """Hosts, `host` or `host:port`, that may be redirected to."""
    sha256: str = ""
    """The SHA-256 of the file, or the address of a file that says it: `{url}.sha256`."""
    pages: Pages | None = None
    """How an API gives its rows in pages. Default: the address is a file."""
    limits: Limits = field(default_factory=Limits)
    """How long and how much."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words that show no address."""
        super().__post_init__()
        try:
            origin_of(self.url)
        except ValueError:
            raise ValueError("found no `url` that can be read, expected one like https://host/path.") from None
        if "@" in urlsplit(self.url).netloc:
            raise ValueError("found a user in `url`, expected `auth` = { user = …, password = … }.")
        if set(_PLACE.findall(self.url)) - set(FACTS):
            raise ValueError(f"found braces in `url` with another name, expected one of {', '.join(FACTS)}.")
        if self.is_monthly:
            asked(self.first, self.last)
        elif self.first or self.last:
            raise ValueError("found `first` or `last` and no month in `url`, expected {period} or the like in it.")
        PeriodRule(self.covers)
        if not (self.is_monthly or self.covers or self.feed.startswith("reference/")):
            raise ValueError("found no month in `url`, expected {period} or the like in it, or `covers`.")

    @property
    def is_monthly(self) -> bool:
        """Whether it is asked month by month."""
        texts = (self.url, *(self.params or {}).values())
        return any(name in FACTS for text in texts for name in _PLACE.findall(text))

    @property
    def spans(self) -> tuple[tuple[str, str], ...]:
        """The months it is asked for, an extract each, or those it covers."""
        if self.is_monthly:
            return tuple((month, month) for month in asked(self.first, self.last))
        first, _, last = self.covers.partition("_")
        return ((first, last or first),) if first else ()

    def source(self, base: Path, provider: str, layout: str) -> "WebSource":
        """Of one provider, with the layout as JSON; an address has no path below `base`."""
        return WebSource(Sender(self.feed, provider, layout, self.part), self)


@dataclass(frozen=True)
class WebSource:
    """Addresses of one feed of one provider."""

    sender: Sender
    asked: WebKeys
    clock: Clock = field(default_factory=Clock)

    def find(self) -> tuple[list[Extract], list[Problem]]:
        """An extract a month, or the one there is; landing asks for it when it reads it."""
        if not self.asked.is_monthly:
            first, _, last = self.asked.covers.partition("_")
            return [self._extract(self.sender.slot(first, last).first_period, last, {})], []
        months = asked(self.asked.first, self.asked.last)
        return [self._extract(month, month, facts(month)) for month in months], []

    def _extract(self, first: str, last: str, month: Mapping[str, str]) -> Extract:
        url = _filled(self.asked.url, month, in_url=True)
        question = Question(url, {n: _filled(v, month) for n, v in (self.asked.params or {}).items()})
        memory = "\n".join((url, repr(sorted(question.params.items())), self.asked.sha256))
        name = ", ".join(filter(None, (shown(url), month.get("period", ""))))
        origin = f"{self.sender} from {shown(self.asked.url)}"
        fetch = Fetch(partial(self._bring, question), memory)
        return self.sender.extract(self.sender.slot(first, last), name, fetch, origin=origin)

    def _bring(self, question: Question, draft: Path, mark: str) -> str:
        course, site = Course(self.asked.limits, self.clock), self._site()
        if self.asked.pages:
            ask = partial(download, site, course=course, required=self.asked.required)
            bring_pages(question, self.asked.pages, ask, site.followed, draft)
            return ""
        answer = download(site, question, draft, course, mark, self.asked.required)
        self._compare(question, draft, site, course)
        return answer.mark

    def _compare(self, question: Question, draft: Path, site: Site, course: Course) -> None:
        """Raises NotReceived where the file has not the checksum that the settings, or a file beside it, declare."""
        said = self.asked.sha256
        if not said:
            return
        if not SHA256.fullmatch(said):
            beside, address = draft.with_name("sha256"), said.replace("{url}", question.url)
            download(site, Question(address, question.params), beside, course, required=True)
            found = SHA256.search(beside.read_bytes()[: 1 << 16].decode("latin-1"))
            if not found:
                raise NotReceived("no SHA-256 in the file that should say it", "64 hex digits", "Ask the sender.")
            said = found[0]
        if digest(draft) != said.lower():
            remedy = "Ask the sender; if the file was just replaced, run again."
            raise NotReceived("bytes that do not have their SHA-256", "those it is declared of", remedy)

    def _site(self) -> Site:
        secrets = self.asked.auth.headers() if self.asked.auth else {}
        return Site(origin_of(self.asked.url), secrets, self.asked.allow_redirects_to)


def _filled(text: str, month: Mapping[str, str], *, in_url: bool = False) -> str:
    """The text with a month's facts in the place of their names; a year `2022-23`, which no address misreads."""
    said = {name: value.replace("/", "-") for name, value in month.items()}
    return _PLACE.sub(lambda match: quote(said[match[1]]) if match[1] in said else match[0], text)
