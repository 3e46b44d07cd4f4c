"""`parsers list`: who can read posts here."""

import typer

from tgbitget.cli.options import AsJson

parsers = typer.Typer(help="Who can read posts here.")


def add_to(app: typer.Typer) -> None:
    app.add_typer(parsers, name="parsers")


@parsers.command("list")
def list_(as_json: AsJson = False) -> None:
    """Every parser with the package it comes from."""
    from tgbitget.cli.tables import print_rows
    from tgbitget.parsing import registry

    registry.load()
    rows = [
        {"name": one.name, "origin": one.origin, "version": one.version} for one in registry.known()
    ]
    print_rows(rows, {"name": "Name", "origin": "Origin", "version": "Version"}, as_json=as_json)
