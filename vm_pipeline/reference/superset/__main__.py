"""Write the bundle into the folder named on the command line."""

import sys
from pathlib import Path

import click

from vm_pipeline.reference.superset import write

if __name__ == "__main__":
    for path in write(Path(sys.argv[1])):
        click.echo(path)
