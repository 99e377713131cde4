"""`tuiconv filters`: the named filters with their kernels."""

import json

import typer

from tuiconv.cli.options import Json


def filters(as_json: Json = False) -> None:
    """List the named filters and the kernel of each.

    \b
    Example:
      tuiconv filters
    """
    from tuiconv.images.filters import FILTERS, kernel_text

    if as_json:
        listing = [
            {
                "name": named.name,
                "kernel": named.kernel.tolist(),
                "description": named.description,
            }
            for named in FILTERS.values()
        ]
        typer.echo(json.dumps(listing, indent=2))
        return
    for named in FILTERS.values():
        typer.echo(f"{named.name}: {named.description}")
        for line in kernel_text(named.kernel).splitlines():
            typer.echo(f"    {line}")
        typer.echo()
    typer.echo("Try one: tuiconv apply-filter IMAGE edge-8")
