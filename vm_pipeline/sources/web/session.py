"""A session of requests that does what it is told and nothing by itself.

Belongs here: what requests would do unasked. Does not belong here: what is asked.
"""

import logging
import re
from http.cookiejar import DefaultCookiePolicy

import requests


class Session(requests.Session):
    """Keeps no cookie, reads no ~/.netrc, looks at no redirect, logs no query. Proxies are those of the environment."""

    def __init__(self) -> None:
        super().__init__()
        self.auth = lambda request: request  # with none at all, requests looks into ~/.netrc
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        for name in ("urllib3.connectionpool", "urllib3.connection"):
            logging.getLogger(name).addFilter(_without_query)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests would read the whole body of a redirect, however long, even where it is not to follow it."""


def _without_query(record: logging.LogRecord) -> bool:
    record.msg, record.args = re.sub(r"\?[^\s\"')]*", "?…", record.getMessage()), ()
    return True
