"""Files wherever they lie: the same pattern and rule find them in a folder, an object store, over SFTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import paramiko
import pytest

from vm_pipeline.keys import read
from vm_pipeline.sources import stores
from vm_pipeline.sources.extract import Problem
from vm_pipeline.sources.files import FilesKeys, FilesSource
from vm_pipeline.sources.landing import Received
from vm_pipeline_tests.sources.conftest import Home, amiss
from vm_pipeline_tests.sources.sftp_server import PASSWORD, SftpServer, sftp_server

PERIOD = {"pattern": r"(?P<period>\d{4}-\d\d)"}
FILES = {"GL 2022-07.csv": b"july", "GL 2022-08.csv": b"august", "GL 2022-07.control.csv": b"control", "x/y": b"-"}


def of(keys: dict[str, Any], base: Path) -> FilesSource:
    """The source of a ledger that keys describe."""
    return read(FilesKeys, {"feed": "ledger", "provider": "B1", **keys}).source(base, "B1", "")


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[SftpServer]:
    root = tmp_path / "sftp"
    root.mkdir()
    with sftp_server(root) as found:
        (tmp_path / "known_hosts").write_text(found.known, "utf-8")
        yield found


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """Where an object store listens."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["file", "sftp", "s3", "memory"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """The keys of a source in a store that holds FILES."""
    if request.param in ("file", "sftp"):
        root = tmp_path / "in"
        base = {"files": f"{root}/GL *.csv"}
        if request.param == "sftp":
            server = request.getfixturevalue("sftp")
            root, base = server.root / "in", {"files": f"{server.address}/in/GL *.csv", "store": {"password": PASSWORD}}
            base["store"]["known_hosts"] = "known_hosts"
        for name, content in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        return {**base, "period": PERIOD}
    options: dict[str, Any] = {}
    if request.param == "s3":
        options = {"key": "k", "secret": "canary", "endpoint_url": request.getfixturevalue("s3")}
    place, root_name = fsspec.filesystem(request.param, **options), f"{'/' if request.param == 'memory' else ''}feeds"
    if place.exists(root_name):
        place.rm(root_name, recursive=True)
    place.mkdir(root_name)
    for name, content in FILES.items():
        place.pipe_file(f"{root_name}/in/{name}", content)
    more = {"store": options} if options else {}
    return {"files": f"{request.param}://{root_name}/in/GL *.csv", "period": PERIOD, **more}


Look = Callable[[dict[str, Any]], tuple[Received, list[Problem]]]


@pytest.fixture
def look(home: Home, tmp_path: Path) -> Look:
    """Find, and land what was found."""

    def look(keys: dict[str, Any]) -> tuple[Received, list[Problem]]:
        extracts, problems = of(keys, tmp_path).find()
        return home.receive(extracts), problems

    return look


def test_a_pattern_finds_files_with_their_controls(keys: dict[str, Any], look: Look, home: Home) -> None:
    received, problems = look({**keys, "control": "{stem}.control.csv"})
    assert (problems, received.problems) == ([], [])
    assert [str(one.slot) for one in received.new] == ["ledger/B1/2022-07", "ledger/B1/2022-08"]
    assert home.bytes(received) == [b"july", b"august"]
    assert home.landing.verified(received.new[0].control_sha256).read_bytes() == b"control"
    assert received.new[1].control_sha256 == ""
    assert received.new[0].name.endswith("/in/GL 2022-07.csv")
    assert (look({**keys, "control": "{stem}.control.csv"})[0].unchanged, home.left) == (2, [])


def test_without_a_rule_a_control_is_another_file_of_its_month(keys: dict[str, Any], look: Look) -> None:
    received, problems = look(keys)
    assert [str(one.slot) for one in received.new] == ["ledger/B1/2022-08"]
    assert ["found another file for ledger/B1/2022-07" in str(one) for one in problems] == [True, True]


def test_a_workbook_that_somebody_has_open_is_no_second_file(tmp_path: Path) -> None:
    for name in ("GL 2022-07.xlsx", "~$GL 2022-07.xlsx"):
        (tmp_path / name).write_bytes(b"x")
    (extract,), problems = of({"files": "*.xlsx", "period": PERIOD}, tmp_path).find()
    assert (extract.name, problems) == (str(tmp_path / "GL 2022-07.xlsx"), [])


def test_of_a_folder_that_is_named_the_files_in_it_are_meant(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    extracts, (problem,) = of({"files": "in", "period": PERIOD}, tmp_path).find()
    assert extracts == []
    assert str(problem).endswith("found a folder; expected a file. Let `files` name what is in it, such as `in/*.csv`.")


def test_a_pattern_that_meets_nothing(keys: dict[str, Any], look: Look) -> None:
    (problem,) = look({**keys, "files": keys["files"].replace("GL", "XX")})[1]
    assert "found no file; expected ledger files of B1." in str(problem)


class TestObjects:
    def source(self, s3: str, **more: Any) -> FilesSource:
        options = {"key": "k", "secret": "canary", "endpoint_url": s3, **more}
        keys = {"files": "s3://marks/*.csv", "period": PERIOD, "store": options}
        return of(keys, Path())

    def test_an_object_whose_etag_is_known_is_not_read(
        self, s3: str, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import s3fs

        place = s3fs.S3FileSystem(key="k", secret="s", endpoint_url=s3, skip_instance_cache=True)
        place.mkdir("marks")
        place.pipe_file("marks/2022-07.csv", b"one")
        assert len(home.receive(self.source(s3).find()[0]).new) == 1
        monkeypatch.setattr(s3fs.S3FileSystem, "get_file", None)
        assert home.receive(self.source(s3).find()[0]).unchanged == 1
        monkeypatch.undo()
        place.pipe_file("marks/2022-07.csv", b"two")
        assert home.bytes(home.receive(self.source(s3).find()[0])) == [b"two"]

    def test_nobody_listens(self) -> None:
        (problem,) = self.source("http://127.0.0.1:9", config_kwargs={"retries": {"max_attempts": 0}}).find()[1]
        assert "found an error (" in str(problem) and "canary" not in str(problem)


class TestSftp:
    def source(self, server: SftpServer, folder: Path, **store: str) -> FilesSource:
        (server.root / "2022-07.csv").write_bytes(b"july")
        keys = {"known_hosts": "known_hosts", "password": PASSWORD, **store}
        table = {"files": f"{server.address}/*.csv", "period": PERIOD, "store": keys}
        return of(table, folder)

    def test_a_server_nobody_vouched_for(self, sftp: SftpServer, tmp_path: Path) -> None:
        (tmp_path / "known_hosts").write_text("", "utf-8")
        (problem,) = self.source(sftp, tmp_path).find()[1]
        assert "found a server whose key nobody has vouched for" in str(problem)
        assert (tmp_path / "known_hosts").read_text("utf-8") == "", "and it is not added"

    def test_a_server_with_another_key(self, sftp: SftpServer, tmp_path: Path) -> None:
        other = paramiko.ECDSAKey.generate().get_base64()
        line = sftp.known.split()
        (tmp_path / "known_hosts").write_text(f"{line[0]} {line[1]} {other}\n", "utf-8")
        (problem,) = self.source(sftp, tmp_path).find()[1]
        assert "found a server with another key" in str(problem)

    def test_a_wrong_password(self, sftp: SftpServer, tmp_path: Path) -> None:
        (problem,) = self.source(sftp, tmp_path, password="wrong-canary").find()[1]
        assert "found a server that refuses the user" in str(problem)

    def test_no_known_hosts(self, sftp: SftpServer, tmp_path: Path) -> None:
        (problem,) = self.source(sftp, tmp_path, known_hosts="gone").find()[1]
        assert "found no known_hosts or no key_file" in str(problem)


class TestGrowing:
    """A file that changes between the look and the read is left for the next night."""

    def test_in_any_store(self, keys: dict[str, Any], home: Home, tmp_path: Path) -> None:
        if keys["files"].startswith(("memory", "s3")):
            pytest.skip("an object appears whole")
        keys = {**keys, "files": keys["files"].replace("GL *", "GL 2022-08")}
        extracts, _ = of(keys, tmp_path).find()
        (path,) = tmp_path.rglob("GL 2022-08.csv")
        with path.open("ab") as file:
            file.write(b" and more")
        received = home.receive(extracts)
        assert received.new == []
        assert "found a file that is still being written" in str(received.problems[0])
        assert not list((home.landing.root / "objects").rglob("*/*")), "nothing of it is kept"
        again = home.receive(of(keys, tmp_path).find()[0])
        assert home.bytes(again) == [b"august and more"]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"files": "ftp://host/*.csv"}, "found ftp:// in `files`, expected a path or one of file, sftp, s3"),
        ({"files": "gs://bucket/*.csv"}, "found no gcsfs, expected it for gs://. Install vm-pipeline[gcs]."),
        ({"files": "az://bucket/*.csv"}, "found no adlfs, expected it for az://. Install vm-pipeline[azure]."),
        ({"files": "s3://bucket/*.csv"}, "found no s3fs, expected it for s3://. Install vm-pipeline[s3]."),
        ({"files": "sftp://u:canary@host/*.csv"}, "found a password in `files`"),
        ({"files": "sftp://host/*.csv"}, "found no user or no host in `files`"),
        ({"files": "sftp://u@host/*.csv", "store": {"pasword": "canary"}}, "The closest is 'password'."),
        ({"files": "in/*.csv", "store": {"key": "canary"}}, "found `store` for local files"),
        ({"files": "in/*.csv", "control": "control.csv"}, "found `control` without {stem} or {name}"),
        ({"files": ["in/*.csv"]}, 'found files = ["in/*.csv"], expected text.'),
    ],
)
def test_a_source_that_cannot_work_is_said(keys: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores.importlib.util, "find_spec", lambda name: None)
    said = amiss(keys)
    assert reason in said
    assert "canary" not in said
