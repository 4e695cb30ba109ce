"""Names and texts as SQL writes them, and when two headers are the same.

Belongs here: quoting, for every SQL text of the package, and comparing headers.
Does not belong here: what a layout says of a header (layouts), what follows from one that is missing (matching).
"""

from collections.abc import Mapping, Sequence


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: object) -> str:
    """An SQL string."""
    return "'" + str(text).replace("'", "''") + "'"


def literals(texts: Sequence[object]) -> str:
    """SQL strings, parted by commas."""
    return ", ".join(map(literal, texts))


def same_name(name: str) -> str:
    """What two spellings of one header have in common: neither case nor blanks tell headers apart."""
    return " ".join(name.split()).casefold()


def header_of(names: str | Sequence[str], header: Sequence[str]) -> str | None:
    """The first of some names that is a header, as the file spells it."""
    found = {same_name(name): name for name in reversed(header)}
    wanted = [names] if isinstance(names, str) else names
    return next((found[same_name(name)] for name in wanted if same_name(name) in found), None)


def with_facts(sql: str, batch: Mapping[str, str]) -> str:
    """An SQL text with `{provider_code}` and the like written out."""
    for name, value in batch.items():
        sql = sql.replace(f"{{{name}}}", literal(value))
    return sql
