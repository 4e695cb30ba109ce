"""Ways out: a webhook and a mail server.

Belongs here: delivering one message, within a time, or saying in plain words why it was not.
Does not belong here: what to tell and when.

No reason shows an address, a header or what a server answered: any of them may hold a secret.
"""

import smtplib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from vm_pipeline.alerts.keys import Alerts, Email, Webhook
from vm_pipeline.alerts.told import Message

Deliver = Callable[[str, list[Message]], None]


@dataclass(frozen=True)
class Channel:
    """One way out. `deliver` takes the installation's name and messages for one delivery; it raises what goes wrong."""

    name: str
    deliver: Deliver
    patience: int

    def send(self, installation: str, messages: list[Message]) -> str:
        """Deliver, or say why not; empty = delivered. A server that gives its answer byte by byte is not waited for."""
        found: list[str] = []

        def attempt() -> None:
            try:
                self.deliver(installation, messages)
                found.append("")
            except Exception as error:
                found.append(_reason(error))

        thread = threading.Thread(target=attempt, daemon=True)
        thread.start()
        thread.join(self.patience)
        return found[0] if found else f"found no end of the delivery within {self.patience} s"


class Refused(Exception):
    """The server did not take the message."""


def channels(alerts: Alerts) -> list[Channel]:
    """The ways out that are configured."""
    found: list[Channel] = []
    if alerts.webhook:
        found.append(Channel("webhook", _posting(alerts.webhook, alerts.patience), alerts.patience))
    if alerts.email:
        found.append(Channel("email", _mailing(alerts.email, alerts.patience), alerts.patience))
    return found


def _reason(error: Exception) -> str:
    """The kind of an error, and a code where it has one."""
    if isinstance(error, Refused):
        return f"found {error}"
    code = getattr(error, "smtp_code", None)
    return f"found {type(error).__name__}" + (f" ({code})" if isinstance(code, int) else "")


def _posting(webhook: Webhook, patience: int) -> Deliver:
    def deliver(installation: str, messages: list[Message]) -> None:
        import requests

        with requests.post(
            webhook.url,
            json=payload(installation, messages),
            headers=dict(webhook.headers or {}),
            timeout=patience,
            allow_redirects=False,  # a redirect would carry the message, and its credentials, elsewhere
            stream=True,  # what the server says beside its status is not read
        ) as answer:
            if not answer.ok or answer.is_redirect:
                raise Refused(f"HTTP status {answer.status_code}, expected 2xx")

    return deliver


def payload(installation: str, messages: list[Message]) -> dict[str, object]:
    """What a webhook is sent: `text` for people, `messages` for machines."""
    return {
        "text": "\n\n".join("\n".join([f"[{installation}] {head}", *rest]) for head, *rest in _texts(messages)),
        "installation": installation,
        "messages": [
            {
                "kind": one.cause.kind,
                "about": one.cause.about,
                "is_over": one.is_over,
                "reason": one.cause.reason,
                "remedy": one.cause.remedy,
                "figures": list(one.cause.figures),
            }
            for one in messages
        ],
    }


def _texts(messages: list[Message]) -> list[list[str]]:
    return [one.lines() for one in messages]


def _mailing(email: Email, patience: int) -> Deliver:
    def deliver(installation: str, messages: list[Message]) -> None:
        letter = _letter(email, installation, messages)
        secure = ssl.create_default_context()
        if email.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(email.host, email.port, timeout=patience, context=secure)
        else:
            server = smtplib.SMTP(email.host, email.port, timeout=patience)
        with server:
            if email.security == "starttls":
                server.starttls(context=secure)
            if email.user:
                server.login(email.user, email.password)
            refused = server.send_message(letter)
        if refused:
            raise Refused(f"{len(refused)} of {len(email.to)} recipients refused, expected none")

    return deliver


def _letter(email: Email, installation: str, messages: list[Message]) -> EmailMessage:
    letter = EmailMessage()
    more = f" and {len(messages) - 1} more" if len(messages) > 1 else ""
    letter["Subject"] = f"[{installation}] {messages[0].title}{more}"
    letter["From"], letter["To"] = email.sender, ", ".join(email.to)
    letter["Date"], letter["Message-ID"] = formatdate(), make_msgid(domain=email.sender.rpartition("@")[2] or None)
    letter["Auto-Submitted"] = "auto-generated"  # so that out-of-office replies stay away
    letter.set_content("\n\n".join("\n".join(lines) for lines in _texts(messages)) + "\n")
    return letter
