"""Secrets in every transport, each made to fail in several ways: none is in anything that is said, logged or kept.

Searched is what the command says, every log down to its finest, what settings say of themselves, and every file of the
home as bytes, landing included.
"""

import base64
import logging
import re
from itertools import cycle
from pathlib import Path

import pytest
from click.testing import CliRunner

from vm_pipeline import settings
from vm_pipeline.cli import main
from vm_pipeline.home import Home
from vm_pipeline.settings import Asked, ConfigurationError
from vm_pipeline_tests.programme import FIRST_NIGHT
from vm_pipeline_tests.sources.misbehaving import Server, answer, cut, hang_up, known_by, redirect, stall
from vm_pipeline_tests.sources.sftp_server import sftp_server

NAMES = ("BEARER", "BASIC", "KEY", "PARAM", "SFTP", "S3", "DATABASE", "OPTION")
CANARIES = {name: f"c4nary+{name.lower()}/=" for name in NAMES}
HEAD = 'feed = "ledger"\nprovider = "B{number}"\n'
WEB = 'url = "{url}"\nfirst = "2022-07"\nlast = "2022-07"\n'
LIMITS = "limits = { attempts = 1, read_seconds = 0.2, total_seconds = 2.0, connect_seconds = 0.5 }\n"
SECRETS = (
    'auth = { bearer = "${BEARER}" }\n',
    'auth = { user = "${BASIC}", password = "${BASIC}" }\n',
    'auth = { header = "X-Key", value = "${KEY}" }\n',
)
FILES = 'files = "{address}/*.csv"\nperiod = { pattern = "(?P<period>.{{7}})" }\nstore = {store}\n'
QUERY = 'database = "{address}"\nquery = "SELECT 1 FROM no_such_table"\nfirst = "2022-07"\nlast = "2022-07"\n'


def forms(secret: str) -> set[bytes]:
    """How a secret may be written."""
    basic = base64.b64encode(f"{secret}:{secret}".encode()).decode()
    return {one.encode() for one in (secret, re.sub(r"\W", lambda m: f"%{ord(m[0]):02X}", secret), basic)}


def found(told: bytes) -> list[str]:
    return [name for name, secret in CANARIES.items() if any(form in told for form in forms(secret))]


def kept(home: Path) -> bytes:
    return b"\n".join(path.read_bytes() + str(path).encode() for path in home.rglob("*") if path.is_file())


@pytest.fixture
def sources(server: Server, elsewhere: Server, tmp_path: Path) -> list[str]:
    """Tables of sources, those of the web a way to fail each, with a secret in the query and one in the headers."""
    ways = {
        "fine": answer(b"a\n1\n"),
        "marked": known_by(b"a\n2\n", ETag='"a"'),
        "error": answer(b"", 500),
        "refused": answer(b"", 401),
        "elsewhere": redirect(elsewhere.url),
        "cut": cut(b"a,b", 1),
        "silent": stall(b"a"),
        "gone": hang_up,
        "odd": answer(b"x", Content_Encoding="br"),
    }
    server.script("/round", redirect(f"{server.url}/round?key={CANARIES['PARAM']}"))
    addresses = [server.script(f"/{name}/{{period}}".format(period="2022-07"), way) for name, way in ways.items()]
    addresses = [address.replace("2022-07", "{period}") for address in addresses]
    addresses += [f"{server.url}/round?month={{period}}", "http://127.0.0.1:9/{period}", "https://127.0.0.1:9/{period}"]
    params = 'params = { key = "${PARAM}" }\n'
    return [WEB.replace("{url}", url) + LIMITS + params + secret for url, secret in zip(addresses, cycle(SECRETS))]


def others(sftp: int, tmp_path: Path) -> list[str]:
    """Tables of sources that are not of the web."""
    known, unknown = ('known_hosts = "known", ', 'known_hosts = "empty", ')
    patience = ", patience = 2"
    shop = 'key = "${S3}", secret = "${S3}", endpoint_url = "http://127.0.0.1:9"'
    places = [
        (f"sftp://ward@127.0.0.1:{sftp}", f'{{ {known}password = "${{SFTP}}"{patience} }}'),
        (f"sftp://ward@127.0.0.1:{sftp}", f'{{ {unknown}password = "${{SFTP}}"{patience} }}'),
        ("sftp://ward@127.0.0.1:9", f'{{ {known}password = "${{SFTP}}", passphrase = "${{SFTP}}"{patience} }}'),
        ("s3://feeds", f"{{ {shop}, config_kwargs = {{ retries = {{ max_attempts = 0 }} }} }}"),
    ]
    databases = [
        "postgresql://u:${DATABASE}@127.0.0.1:9/x?application_name=${OPTION}",
        "mariadb://u:${DATABASE}@127.0.0.1:9/x?charset=${OPTION}",
        f"sqlite:///{tmp_path}/gone.db?timeout=1&cache=${{OPTION}}",
    ]
    return [
        *(
            FILES.replace("{address}", address).replace("{store}", store).replace("{{7}}", "{7}")
            for address, store in places
        ),
        *(QUERY.replace("{address}", address) for address in databases),
    ]


@pytest.mark.slow
def test_no_secret_is_said_logged_or_kept(
    sources: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "paramiko", "botocore", "s3fs", "sqlalchemy", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    (tmp_path / "sftp").mkdir()
    (tmp_path / "empty").touch()
    home, config = tmp_path / "home", tmp_path / "vm.toml"
    with sftp_server(tmp_path / "sftp") as sftp:
        (tmp_path / "known").write_text(sftp.known, "utf-8")
        tables = [*sources, *others(sftp.port, tmp_path)]
        text = "".join(f"[[source]]\n{HEAD.format(number=n)}{table}\n" for n, table in enumerate(tables))
        config.write_text(text, "utf-8")
        environment = {**CANARIES, "VM_CONFIG": str(config), "VM_HOME": str(home), "VM_FEEDS": "", "VM_WAREHOUSE": ""}
        said = [CliRunner().invoke(main, words, env=environment) for words in (["run"], ["run", "--dry-run"])]
        chosen = settings.load(Asked(config=config), environment)
        again = Home(chosen).receive(FIRST_NIGHT)
    problems = said[0].output.count("; expected ")
    assert problems > 15, said[0].output
    assert again.unchanged == 2
    told = (
        str(again)
        + "".join(one.output + repr(one.exc_info) for one in said)
        + caplog.text
        + "".join(capfd.readouterr())
    )
    assert found(f"{told}{chosen!r}{chosen}".encode()) == []
    assert found(kept(home)) == []
    assert b"127.0.0.1" in kept(home) and "/fine/2022-07" in told, "the search is not blind"


@pytest.mark.parametrize(
    "table",
    [
        WEB.replace("{url}", "https://u:${BASIC}@host/{period}"),
        WEB.replace("{url}", "https://host/{${KEY}}"),
        WEB.replace("{url}", "https://host:${KEY}/{period}"),
        WEB.replace("{url}", "ftp://${KEY}/{period}"),
        WEB.replace("{url}", "https://host/{period}") + 'auth = { bearer = "${BEARER}é" }\n',
        WEB.replace("{url}", "https://host/{period}") + 'auth = { bearer = "${BEARER}", user = "${BASIC}" }\n',
        WEB.replace("{url}", "https://host/{period}") + 'auth = "${BEARER}"\n',
        FILES.replace("{address}", "sftp://u:${SFTP}@host").replace("{store}", "{}").replace("{{7}}", "{7}"),
        FILES.replace("{address}", "nosuch://${SFTP}").replace("{store}", "{}").replace("{{7}}", "{7}"),
        QUERY.replace("{address}", "${DATABASE}"),
        QUERY.replace("{address}", "nosuch://u:${DATABASE}@host/x"),
        QUERY.replace("{address}", "postgresql://u:${DATABASE}@host:port/x"),
    ],
)
def test_no_secret_is_said_of_settings_that_cannot_be_used(table: str, tmp_path: Path) -> None:
    (tmp_path / "vm.toml").write_text(f"[[source]]\n{HEAD.format(number=1)}{table}", "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        settings.load(Asked(config=tmp_path / "vm.toml"), CANARIES)
    assert found(str(raised.value).encode()) == []
