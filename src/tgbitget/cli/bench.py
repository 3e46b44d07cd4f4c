"""`bench`: our own speed, against a floor in the same run."""

from typing import Annotated

import typer

from tgbitget.cli.options import AsJson


def add_to(app: typer.Typer) -> None:
    app.command()(bench)


def bench(
    posts: Annotated[
        int, typer.Option("--posts", min=100, max=100_000, help="Posts in each block.")
    ] = 2_000,
    blocks: Annotated[
        int, typer.Option("--blocks", min=1, max=100, help="Blocks, each against the floor.")
    ] = 7,
    as_json: AsJson = False,
) -> None:
    """How fast posts are read, on this machine and against six plain expressions over the same posts.

    There is one measurement so far: reading. No network, no account, some seconds.
    """
    from tgbitget.bench.reading import measure

    found = measure(count=posts, blocks=blocks)
    if as_json:
        from tgbitget.cli.tables import print_json

        print_json(found.json())
    else:
        from tgbitget.cli.bench_text import print_reading

        print_reading(found)
