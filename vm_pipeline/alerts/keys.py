"""Keys of `[alerts]`: whom to tell, and from when a restatement is large.

Belongs here: keys and what one table alone may say. Does not belong here: sending (channels).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field

from vm_pipeline.keys import SECRET

Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """An address that takes messages as JSON."""

    url: Annotated[str, SECRET] = field(repr=False)
    """Address that each message is posted to, as a JSON object whose `text` is for people."""
    headers: Annotated[Mapping[str, str] | None, SECRET] = field(default=None, repr=False)
    """Headers sent with it, such as `{ Authorization = "Bearer ${TOKEN}" }`."""

    def __post_init__(self) -> None:
        """Raises ValueError, in words that show no address."""
        if urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).netloc:
            raise ValueError("found no `url` that can be posted to, expected one like https://host/path.")


@dataclass(frozen=True, kw_only=True)
class Email:
    """A mail server, and who is written to."""

    to: Annotated[tuple[str, ...], Field(min_length=1)]
    """Who is written to."""
    sender: str
    """Who it is from."""
    host: str
    """The mail server."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Its port: 587 with `starttls`, 465 with `tls`, 25 with `none`, most often."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is kept from others' eyes."""
    user: str = ""
    """Who logs in. Default: nobody does."""
    password: Annotated[str, SECRET] = field(default="", repr=False)
    """And the password."""

    def __post_init__(self) -> None:
        """Raises ValueError where a password would be sent for all to read."""
        if self.user and self.security == "none":
            raise ValueError('found `user` with security = "none", expected "starttls" or "tls": a password is sent.')


@dataclass(frozen=True, kw_only=True)
class Alerts:
    """Who is told of what needs somebody. Without `webhook` and `email`, nobody."""

    installation: str = "vm-pipeline"
    """How this installation calls itself in what it tells."""
    webhook: Webhook | None = None
    """Table `[alerts.webhook]`."""
    email: Email | None = None
    """Table `[alerts.email]`."""
    restated_share: Share = 0.05
    """From which change of its accepted pounds or rows, as a share, a month that was sent again is told of."""
    restated_days: Annotated[int, Field(ge=1)] = 7
    """For so many days after it was received."""
    patience: Annotated[int, Field(ge=1)] = 20
    """Seconds that one message may take to be delivered; what takes longer is told the next time."""
