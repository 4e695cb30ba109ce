"""A sound configuration, and loading a text as `vm.toml`."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from vm_pipeline import settings
from vm_pipeline.settings import Asked, ConfigurationError, Settings

REPOSITORY = Path(__file__).parents[2]
HOW_TO = REPOSITORY / "docs" / "how-to" / "configure-sources.md"
SOUND = re.findall(r"^```toml\n(.*?)^```$", HOW_TO.read_text("utf-8"), re.MULTILINE | re.DOTALL)[0]
VARIABLES = {"PAS_DB": "appointments.db"}

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load a text as `vm.toml`."""

    def loaded(text: str, **variables: str) -> Settings:
        path = tmp_path / "vm.toml"
        path.write_text(text, "utf-8")
        return settings.load(Asked(config=path), VARIABLES | variables)

    return loaded


@pytest.fixture
def amiss(load: Load, tmp_path: Path) -> Callable[..., list[str]]:
    """What is wrong with a text, without the folder it lies in."""

    def told(text: str, **variables: str) -> list[str]:
        with pytest.raises(ConfigurationError) as raised:
            load(text, **variables)
        return str(raised.value).replace(f"{tmp_path}/", "").split("\n")

    return told
