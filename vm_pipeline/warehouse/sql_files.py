"""Where the SQL files are. Belongs here: finding them. Does not belong here: what they say (statements)."""

from pathlib import Path


def sql_folder() -> Path:
    """`sql/`: inside the package when it is installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    return next(path for path in (package / "sql", package.parent / "sql") if path.is_dir())
