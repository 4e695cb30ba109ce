"""What is wrong with a configuration: each thing with its line, what was found, what was expected, all in one pass."""

import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vm_pipeline.settings import ConfigurationError
from vm_pipeline.settings.lines import Path
from vm_pipeline.sources.query import QuerySource
from vm_pipeline_tests.settings.conftest import SOUND, VARIABLES, Load

Amiss = Callable[..., list[str]]

QUERY = """\
[[source]]
feed = "activity"
provider = "B1"
database = "sqlite:///a.db"
query = "SELECT 1"
first = "2026-04"
last = "2026-05"
"""
LAYOUT = "[layout.a.columns]\nprovider_code = 'P'\n\n[layout.a]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\nhme = 'x'", "vm.toml:2: found the key 'hme', expected one of home, warehouse, nation,"),
        ("[[source]]\nfolder = 'a'\nfiles = 'b'", "vm.toml:1: source 1: found `folder` beside `files`, expected one"),
        ("home = \"C:\\data\"", "Paths and patterns with a backslash stand in single quotes."),
        ("home = \"C:\\Users\\x\"", "Paths and patterns with a backslash stand in single quotes."),
        (
            "[[source]]\nfeed = 'ledger'\nprovider = 'B1'\nfiles = '*.csv'\n"
            "period = { pattern = '(?P<financial_month>\\d\\d)', financial_year = '2020/22' }",
            "found financial_year = '2020/22', expected one like 2020/21.",
        ),
        (
            "[[source]]\nfeed = 'ledger'\nprovider = 'B1'\nfiles = '*.csv'\nperiod = { pattern = '\\d{4}' }",
            "found pattern = '\\d{4}', expected a group: (?P<period>…)",
        ),
        (
            LAYOUT.replace("'P'", "{ header = 'P', date = 'dd/mm/yyyy' }"),
            "found date = 'dd/mm/yyyy', expected a form of dates such as `%d/%m/%Y`",
        ),
        (LAYOUT.replace("'P'", "{ header = 'P', extract = '^(?!x)(a)' }"), "without looking ahead or behind."),
        (LAYOUT + "skip = [{ name = 't', header = 'P', matches = '^(?!x)' }]", "that does not look ahead or behind."),
        (
            "[[source]]\nfeed = 'ledger'\nprovider = 'B1'\nfiles = '*.csv'\nperiod = { pattern = '[0-9]{4}' }",
            "found pattern = '[0-9]{4}', expected a group: (?P<period>…)",
        ),
        ("threads = 'two'", 'vm.toml:1: found threads = "two", expected a whole number ≥ 1.'),
        ("threads = 0", "vm.toml:1: found threads = 0, expected a whole number ≥ 1."),
        ("threads = true", "vm.toml:1: found threads = true, expected a whole number ≥ 1."),
        ("threads = 1.0", "vm.toml:1: found threads = 1.0, expected a whole number ≥ 1."),
        ("home = 2020-04-01", "vm.toml:1: found 2020-04-01, a date or time, expected it in quotes"),
        ("memory = 'lots'", 'vm.toml:1: found memory = "lots", expected text like 2GB.'),
        ("source = 3", "vm.toml:1: found source = 3, expected a list of tables."),
        ("source = [3]", "vm.toml:1: found source = 3, expected a table."),
        ("[quality]\nleast_ration = 1", "vm.toml:2: quality: found the key 'least_ration', expected one of least_"),
        ("[quality]\nshare_shift = 'a'", 'vm.toml:2: quality: found share_shift = "a", expected a number ≥ 0 and ≤ 1.'),
        ("[quality]\nleast_ratio = nan", "vm.toml:2: quality: found nan, expected a number."),
        ("[quality]\nblocking = ['ledger',\n'survy']", 'vm.toml:2: quality: found blocking = "survy", expected one of'),
        ("quality.blocking = 'ledger'", 'vm.toml:1: quality: found blocking = "ledger", expected a list of one of'),
        ("[privacy]\n'ledgr/B1' = 'drop'", "vm.toml:2: privacy: found 'ledgr' in the key 'ledgr/B1', expected one of"),
        ("[privacy]\ndefault = 'keep'", "vm.toml:2: privacy: found default = 'keep', expected one of refuse, drop,"),
        ("[privacy]\nledger = 'shred'", 'vm.toml:2: privacy: found ledger = "shred", expected one of refuse, drop,'),
        (f"{LAYOUT}colums = 1", "vm.toml:5: layout.a: found the key 'colums', expected one of columns, file,"),
        (f"{LAYOUT}ignore = 'x'", 'vm.toml:5: layout.a: found ignore = "x", expected a list of text.'),
        ("layout.a.where = 'x'", "vm.toml:1: layout.a: found no `columns`, expected one."),
        ("[layout.a]\ncolumns = {}", "vm.toml:2: layout.a: found columns = {  }, expected a table with keys."),
        ("[layout.a.columns]\nb = 3", "vm.toml:2: layout.a.columns.b: found 3, expected a header, several, or one of"),
        ("[layout.a.columns]\nb = { sqll = '' }", "vm.toml:2: layout.a.columns.b: found 'sqll', expected one"),
        ("[layout.a.columns]\nb.batch = 'team'", "vm.toml:2: layout.a.columns.b: found batch = 'team', exp"),
        (f"{LAYOUT}unpivot = {{ into = ['a'], values = {{}} }}", 'found into = ["a"], expected a list of text (2 or'),
        (f"{LAYOUT}unpivot = {{ into = ['a', 'b'] }}", "vm.toml:5: layout.a.unpivot: found an `unpivot` with"),
        (
            f"{LAYOUT}unpivot = {{ into = ['x', 'y', 'z'], values.v = 'A' }}",
            "vm.toml:5: layout.a.unpivot: found 1 cells for unpivot value 'v', expected y, z.",
        ),
        ("\n[[source]]\nfolder = 3", "vm.toml:3: source 1: found folder = 3, expected text."),
        ("[[source]]\nfolder = 'a'\nfeed = 'ledger'", "vm.toml:3: source 1: found the key 'feed', expected one of"),
        ("[[source]]\nfeed = 'ledger'", "vm.toml:1: source 1: found neither `folder` nor `files` nor `url` nor"),
        (QUERY.replace("2026-05", "2026-13"), 'vm.toml:7: source 1: found last = "2026-13", expected text like 2022-'),
        (QUERY.replace("2026-05", "2026-01"), "vm.toml:1: source 1: found first = '2026-04' after last = '2026-01',"),
        (QUERY.replace('"B1"', "3"), "vm.toml:3: source 1: found provider = 3, expected text or a list of text."),
        (QUERY.replace('"sqlite:', '"'), "vm.toml:1: source 1: found no `database` that can be read, expected"),
        (QUERY + "layout = 'a'", "vm.toml:8: source 1: found layout = 'a', expected a table [layout.a]."),
        (QUERY + f"layout = 'b'\n{LAYOUT}", "vm.toml:8: source 1: found layout = 'b', expected one of a."),
        (QUERY + f"layout = 'a'\n{LAYOUT}", "vm.toml:8: source 1: found no 'record_id', 'transaction_type', "),
        (f"{QUERY}layout = 'a'\n{LAYOUT}".replace("= 'P'", "= 'P'\nwte = 'W'"), "found 'wte' in the columns of its"),
        (QUERY + QUERY, "vm.toml:8: source 2: found a second source of activity/B1 for the months of source 1,"),
        ("home = ", "vm.toml:1: found no valid TOML: Invalid value"),
    ],
)  # fmt: skip
def test_one_thing_is_told_with_its_line(amiss: Amiss, text: str, told: str) -> None:
    (found,) = amiss(text)
    assert told in found


def test_of_a_source_without_a_kind_every_key_is_told(amiss: Amiss) -> None:
    kind, key = amiss("[[source]]\nfeed = 'ledger'\nprovider = 'B1'\nfile = '*.csv'")
    assert "found neither `folder` nor `files` nor `url` nor `query`" in kind
    assert key.startswith("vm.toml:4: source 1: found the key 'file', expected one of folder, feed, provider, ")
    assert key.endswith(" The closest is 'files'.")


def test_the_closest_key_is_told(amiss: Amiss) -> None:
    assert amiss(f"{LAYOUT}colums = 1")[0].endswith("year_to_date. The closest is 'columns'.")
    (told,) = [
        one for one in amiss("[[source]]\nflder = 'a'") if "found the key 'flder', expected one of folder, " in one
    ]
    assert told.endswith(" The closest is 'folder'.")
    assert amiss("nation = 'SCOT'")[0].endswith("NIR. The closest is 'SCT'.")
    assert amiss(f"{QUERY}layout = 'croydn'\n" + LAYOUT.replace(".a", ".croydon"))[0].endswith("is 'croydon'.")


def test_everything_is_told_at_once_in_the_order_of_the_file(amiss: Amiss) -> None:
    """Also what two tables say against each other, though a third is wrong by itself."""
    text = f"""threads = "two"
{QUERY}layout = "gone"
[[source]]
feed = "ledgr"
files = "x"
[[source]]
folder = "${{NOWHERE}}"
[layout.a]
columns = {{ a = 3 }}
[privacy]
"ledgr" = "drop"
[quality]
most_ration = 1
"""
    found = amiss(text)
    assert [line.split(": found")[0] for line in found] == [
        "vm.toml:1",
        "vm.toml:9: source 1",
        "vm.toml:11: source 2",
        "vm.toml:14: source 3",
        "vm.toml:16: layout.a.columns.a",
        "vm.toml:18: privacy",
        "vm.toml:20: quality",
    ]


def test_a_broken_layout_is_not_told_again_for_the_source_that_uses_it(amiss: Amiss) -> None:
    (found,) = amiss(f"{QUERY}layout = 'a'\n[layout.a]\ncolumns = 1")
    assert "vm.toml:10: layout.a: found columns = 1" in found


@pytest.mark.parametrize("secret", ["hush-hush", "hush (?P<", "HUSH\\d'\"\n", "postgresql://u:hush@h/d"])
def test_what_a_variable_stands_for_is_never_told(load: Load, secret: str) -> None:
    """In the place of each text of a sound configuration in turn."""
    told = 0
    for path in texts(tomllib.loads(SOUND)):
        changed = put(tomllib.loads(SOUND), path, "${SECRET}")
        try:
            load(tomli_w.dumps(changed), SECRET=secret)
        except ConfigurationError as error:
            told += 1
            assert "hush" not in str(error).lower(), path
    assert told > 10


def test_a_password_that_is_written_out_is_not_told_either(amiss: Amiss) -> None:
    (found,) = amiss(QUERY.replace('"sqlite:///a.db"', '["postgresql://me:hush@host/name"]'))
    assert found == "vm.toml:4: source 1: found database = …, expected text."


def texts(value: Any, path: Path = ()) -> Iterator[Path]:
    """Paths of every text of a document."""
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(one, (*path, key))
    elif isinstance(value, str):
        yield path


def put(document: Any, path: Path, value: Any) -> Any:
    """The document with another value at a path."""
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return document


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_stands_there_is_told_and_no_error_of_python(load: Load, data: st.DataObject) -> None:
    document = tomllib.loads(SOUND)
    path = data.draw(st.sampled_from([*texts(document)]))
    values = st.recursive(
        st.integers(-5, 5) | st.booleans() | st.floats() | st.dates() | st.sampled_from(["", "${PAS_DB}", "2026-04"]),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
        max_leaves=3,
    )  # fmt: skip
    step = data.draw(st.integers(1, len(path)))
    text = tomli_w.dumps(put(document, path[:step], data.draw(values)))
    try:
        load(text)
    except ConfigurationError as error:
        assert all(": found " in line for line in str(error).split("\n"))


def test_a_byte_order_mark_is_no_key(load: Load) -> None:
    assert load("\ufeffnation = 'ENG'").nation == "ENG"


@pytest.mark.parametrize("key", ["changeme", f" {'k' * 15} "])
def test_a_key_that_can_be_found_by_trying_is_warned_of(load: Load, key: str) -> None:
    (told,) = load("", VM_PSEUDONYM_KEY=key).warnings
    assert "expected 16 or more" in told and key not in told
    assert load("", VM_PSEUDONYM_KEY="k" * 16).warnings == ()


def test_a_key_of_blanks_is_none(load: Load) -> None:
    with pytest.raises(ConfigurationError, match="VM_PSEUDONYM_KEY: found blanks alone"):
        load("", VM_PSEUDONYM_KEY=" " * 32)


def test_variables_are_filled_in(load: Load) -> None:
    chosen = load(SOUND)
    (query,) = [one for one in chosen.sources if isinstance(one, QuerySource)]
    assert VARIABLES["PAS_DB"] in query.asked.database


def test_a_layout_that_nobody_uses_is_doubted(load: Load) -> None:
    assert (
        load(f"{LAYOUT}\n")
        .warnings[0]
        .endswith("vm.toml:1: layout.a: found a layout that no source uses, expected one that names it.")
    )
    assert load(SOUND).warnings == ()


def test_a_year_beside_its_months_is_doubted_and_parts_are_not(load: Load) -> None:
    year = '[[source]]\nfeed = "activity"\nprovider = ["A1", "B1"]\nfiles = "x"\nperiod.covers = "2026-04_2027-03"\n'
    (doubt,) = load(QUERY + year).warnings
    assert "vm.toml:8: source 2: found activity/B1 for months that source 1 has too" in doubt
    assert load(QUERY + year + 'part = "beds"').warnings == ()
    assert load(QUERY + QUERY.replace("2026-04", "2026-06").replace("2026-05", "2026-07")).warnings == ()
