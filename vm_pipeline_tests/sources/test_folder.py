"""The drop folder: which file stands for which slot, and what is said of everything else found there."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from vm_pipeline.sources.extract import Problem
from vm_pipeline.sources.folder import find_extracts
from vm_pipeline_tests.programme import Programme, ledger


def found(programme: Programme) -> list[str]:
    return [str(extract.slot) for extract in find_extracts(programme.drop)[0]]


def problems(programme: Programme) -> list[Problem]:
    return find_extracts(programme.drop)[1]


def put(programme: Programme, *names: str) -> None:
    for name in names:
        programme.send(name, name)


@pytest.mark.parametrize(
    ("name", "slot"),
    [
        ("ledger/S08000029/2022-07.csv", "ledger/S08000029/2022-07"),
        ("activity/s08-a_1/2022-07.CSV", "activity/S08-A_1/2022-07"),
        ("survey/B1/2022-04_2023-03.csv", "survey/B1/2022-04_2023-03"),
        ("ledger/B1/2022-07_2022-07.csv", "ledger/B1/2022-07"),
        ("reference/unit_map.csv", "reference/unit_map"),
        ("reference/saving_cases.csv", "reference/saving_cases"),
    ],
)
def test_a_name_says_what_a_file_is(programme: Programme, name: str, slot: str) -> None:
    put(programme, name)
    assert (found(programme), problems(programme)) == ([slot], [])


@pytest.mark.parametrize(
    "name",
    [
        "ledger/B1/July.csv",
        "ledger/B1/2022-13.csv",
        "ledger/B1/2022-7.csv",
        "ledger/B1/1822-07.csv",
        "ledger/B1/20２2-07.csv",
        "ledger/B1/2022-07.xlsx",
        "ledger/B1/2022-07.csv.bak",
        "ledger/B1/2022-07 (2).csv",
        "ledger/B1/2022-08_2022-07.csv",
        "ledger/B1/2022-07/part.csv",
        "ledger/B1/2022-07.csv/part.csv",
        "ledger/B 1/2022-07.csv",
        "ledger/2022-07.csv",
        "ledgers/B1/2022-07.csv",
        "ledger",
        "reference/wards.csv",
        "reference/Teams.csv",
        "reference/teams.xlsx",
        "reference/teams.csv/part.csv",
    ],
)
def test_another_name_is_a_problem_and_no_extract(programme: Programme, name: str) -> None:
    """It says where, what was found, what is expected, what to do."""
    put(programme, name)
    (problem,) = problems(programme)
    assert found(programme) == []
    assert problem.where.startswith(str(programme.drop))
    assert all((problem.found, problem.expected, problem.remedy))
    assert str(problem).startswith(f"{problem.where}: found {problem.found}; expected {problem.expected}.")


@pytest.mark.parametrize("name", ["0101011237", "010101-1237", "AB123456C"])
def test_a_provider_that_is_called_like_a_person_s_number_is_none(programme: Programme, name: str) -> None:
    """Its code would be told by every page, log and table."""
    programme.send(f"ledger/{name}/2022-07.csv", ledger({}))
    extracts, (problem,) = find_extracts(programme.drop)
    assert not extracts
    assert "named like an identifier" in problem.found
    assert name not in str(problem)


def test_a_problem_does_not_stop_the_others(programme: Programme) -> None:
    put(programme, "ledger/B1/July.csv", "ledger/B1/2022-07.csv", "nonsense/x/y.csv")
    assert found(programme) == ["ledger/B1/2022-07"]
    assert len(problems(programme)) == 2
    received = programme.receive()
    assert (len(received.new), len(received.problems)) == (1, 2)


def test_hidden_files_and_notes_are_nobody_s_extract(programme: Programme) -> None:
    put(
        programme,
        "README.txt",
        ".sync/state",
        "ledger/.DS_Store",
        "ledger/B1/.2022-07.csv.swp",
        "reference/.keep",
        "ledger/B1/~$2022-07.xlsx",
    )
    assert (found(programme), problems(programme)) == ([], [])


class TestControls:
    @pytest.mark.parametrize("name", ["2022-07.control.csv", "2022-07.CONTROL.csv", "2022-07.Control.CSV"])
    @pytest.mark.parametrize("extract", ["2022-07.csv", "2022-07.CSV"])
    def test_a_control_belongs_to_the_extract_beside_it(self, programme: Programme, name: str, extract: str) -> None:
        put(programme, f"ledger/B1/{extract}", f"ledger/B1/{name}", "ledger/B1/2022-08.csv")
        first, second = find_extracts(programme.drop)[0]
        assert problems(programme) == []
        assert first.control and first.control().read().decode().endswith(name)
        assert second.control is None

    @pytest.mark.parametrize("name", ["2022-07.control.csv", "2022-07.CONTROL.CSV", "July.control.csv"])
    def test_a_control_alone_is_a_problem(self, programme: Programme, name: str) -> None:
        put(programme, f"ledger/B1/{name}", "ledger/B1/2022-08.csv")
        assert [problem.found for problem in problems(programme)] == ["a control file alone"]

    def test_a_folder_called_like_a_control(self, programme: Programme) -> None:
        """The extract is not taken as if it had none."""
        put(programme, "ledger/B1/2022-07.csv", "ledger/B1/2022-07.control.csv/x")
        received = programme.receive()
        assert received.new == []
        assert len(received.problems) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("ledger/B1/2022-07.csv", "ledger/B1/2022-07_2022-07.csv"),
        ("ledger/B1/2022-07.csv", "ledger/B1/2022-07.CSV"),
        ("ledger/B1/2022-07.csv", "ledger/b1/2022-07.csv"),
    ],
)
def test_two_files_for_one_slot_are_a_problem(programme: Programme, names: tuple[str, ...]) -> None:
    """Which one holds is not for the order of names to decide, night after night."""
    put(programme, *names, "ledger/B1/2022-08.csv")
    received = programme.receive()
    assert [str(receipt.slot) for receipt in received.new] == ["ledger/B1/2022-08"]
    (problem,) = received.problems
    assert all(str(programme.drop / name) in str(problem) for name in names)


def test_extracts_of_many_months_come_first(programme: Programme) -> None:
    """Where a single month lies beside them, that month is the more exact answer."""
    put(programme, "ledger/B1/2022-05.csv", "ledger/B1/2022-04_2023-03.csv", "ledger/B1/2022-04_2022-06.csv")
    assert found(programme) == ["ledger/B1/2022-04_2023-03", "ledger/B1/2022-04_2022-06", "ledger/B1/2022-05"]


def test_a_file_that_cannot_be_read_is_a_problem(programme: Programme) -> None:
    put(programme, "ledger/B1/2022-07.csv", "ledger/B1/2022-08.csv")
    extracts, _ = find_extracts(programme.drop)
    Path(extracts[0].name).unlink()
    received = programme.landing.receive(extracts, programme.clock)
    assert [str(receipt.slot) for receipt in received.new] == ["ledger/B1/2022-08"]
    assert "FileNotFoundError" in str(received.problems[0])


def test_a_folder_that_may_not_be_read_is_one_problem(programme: Programme, monkeypatch: pytest.MonkeyPatch) -> None:
    """One board's folder with other rights must not cost the others their night."""
    put(programme, "ledger/B1/2022-07.csv", "ledger/B2/2022-07.csv", "reference/teams.csv")
    listed = Path.iterdir

    def refused(folder: Path) -> Iterator[Path]:  # root, who runs tests, may read everything
        if folder.name in ("B1", "reference"):
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return listed(folder)

    monkeypatch.setattr(Path, "iterdir", refused)
    received = programme.receive()
    assert [str(receipt.slot) for receipt in received.new] == ["ledger/B2/2022-07"]
    assert [(problem.where, problem.found) for problem in received.problems] == [
        (str(programme.drop / name), "PermissionError (Permission denied)") for name in ("ledger/B1", "reference")
    ]
