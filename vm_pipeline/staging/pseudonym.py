"""The key of pseudonyms: made once for a home, and kept where only its owner reads it.

Belongs here: making and reading the key. Does not belong here: hashing anything with it (judging, personal).
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from vm_pipeline.disk import flush
from vm_pipeline.sources.incoming import desk
from vm_pipeline.sources.objects import LandingDamaged


def kept_key(path: Path, incoming: Path) -> str:
    """The key that lies at a path, made where there is none yet.

    Raises LandingDamaged where it is blank: a hash without a key is undone by hashing every number there can be.
    """
    if not path.is_file():
        with desk(incoming) as here:
            draft = here / path.name
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            flush(draft)  # a key lost after rows were hashed with it would come back as another
            with suppress(FileExistsError):  # two at once: the first one's key holds
                os.link(draft, path)
            flush(path.parent)
    if not (found := path.read_text("utf-8")).strip():
        raise LandingDamaged(
            f"{path}: found an empty file, expected the key of pseudonyms. Restore it from backup; without one remove "
            "the file, and the next run makes another key."
        )
    return found
