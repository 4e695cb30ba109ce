"""`vm-pipeline upgrade` and `roles`: a PostgreSQL warehouse brought to this version, and the roles it is read by.

Belongs here: arguments, what is printed, the exit status.
Does not belong here: what is done to a server (warehouse/postgres).
"""

import click

from vm_pipeline.commands.options import CONFIG, installed, loaded
from vm_pipeline.settings import Asked, ConfigurationError


@click.command()
@CONFIG
@installed
def upgrade(asked: Asked) -> None:
    """Bring the tables of a PostgreSQL warehouse to this version, in place. `run` does it by itself."""
    from vm_pipeline.warehouse.postgres.upgrade import upgrade as upgrade_at

    chosen = loaded(asked)
    if not chosen.postgres:
        raise ConfigurationError(
            "found no PostgreSQL warehouse, expected --warehouse postgresql+psycopg://user@host/name."
        )
    done = upgrade_at(chosen.postgres, lambda said: click.echo(said, err=True))
    click.echo("Brought to this version." if done else "It is of this version already.")


@click.command()
def roles() -> None:
    """SQL that makes the roles of a PostgreSQL warehouse, for an administrator to run once with psql."""
    from vm_pipeline.warehouse.postgres.rights import roles as sql_of_roles

    click.echo(sql_of_roles(), nl=False)
