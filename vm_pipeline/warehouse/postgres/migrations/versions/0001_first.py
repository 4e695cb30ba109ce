"""The schema as it was first published: made from the declarations, so nothing is left to do."""

revision = "0001"
down_revision = None

BREAKS: dict[str, str] = {}


def upgrade() -> None:
    """Nothing."""
