"""The JSON schema, for editors: sound itself, and of one mind with the loader."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from vm_pipeline.cli import main
from vm_pipeline.settings.schema import adapter
from vm_pipeline_tests.settings.conftest import REPOSITORY, SOUND

COMMITTED = json.loads((REPOSITORY / "docs" / "reference" / "vm.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(COMMITTED)
FILES = [REPOSITORY / "examples" / "london" / "vm.toml", *(REPOSITORY / "vm_pipeline_tests").rglob("*.toml")]
PAGES = [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]
BLOCKS = [
    text
    for page in sorted(PAGES)
    for text in re.findall(r"^```toml\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(COMMITTED)


@pytest.mark.parametrize("text", [*(path.read_text("utf-8") for path in FILES), *BLOCKS])
def test_it_takes_what_is_sound(text: str) -> None:
    VALIDATOR.validate(tomllib.loads(text))


def test_a_variable_may_stand_where_text_is_chosen_from_some() -> None:
    assert VALIDATOR.is_valid({"nation": "${NATION}", "first_month": "${FIRST}"})
    assert not VALIDATOR.is_valid({"nation": "NATION"})


def test_the_command_writes_it(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["schema", "--to", str(tmp_path / "vm.schema.json")]).exit_code == 0
    assert json.loads((tmp_path / "vm.schema.json").read_text("utf-8")) == COMMITTED
    assert json.loads(CliRunner().invoke(main, ["schema"]).stdout) == COMMITTED


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every table or list with each of its keys or places."""
    if not isinstance(value, dict | list):
        return []
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    return [(value, key) for key in keys] + [one for key in keys for one in places(value[key])]


OTHER = st.sampled_from(
    [0, 1, -1, 0.5, True, "", "x", "ledger", "2026-04", [], ["x"], ["ledger"], {}, {"x": 1}, {"sql": "1"}, {"const": 1}]
)
KEYS = sorted(
    {key for part in COMMITTED["$defs"].values() for key in part.get("properties", ())}
    | {*COMMITTED["properties"], "x"}
)


def damaged(data: st.DataObject) -> Any:
    """A sound document with something taken out, replaced or put in."""
    document = tomllib.loads(SOUND)
    for _ in range(data.draw(st.integers(1, 2))):
        holder, key = data.draw(st.sampled_from(places(document)))
        match data.draw(st.sampled_from(["out", "other", "in"])):
            case "out":
                del holder[key]
            case "other":
                holder[key] = data.draw(OTHER)
            case _ if isinstance(holder, dict):
                holder[data.draw(st.sampled_from(KEYS))] = data.draw(OTHER)
    return document


@given(st.data())
def test_it_refuses_what_the_loader_refuses(data: st.DataObject) -> None:
    """But for what no schema can say: how the values of one table hang together."""
    document = damaged(data)
    try:
        adapter().validate_json(json.dumps(document))
        kinds = set()
    except ValidationError as error:
        kinds = {one["type"] for one in error.errors()}
    assert VALIDATOR.is_valid(document) == (kinds <= {"value_error"})
