"""`bench`: our own speed, against a floor and plain scripts in the same run; `--live`: the user's own ways."""

from typing import TYPE_CHECKING, Annotated

import typer

from tgbitget.cli.options import AsJson

if TYPE_CHECKING:
    from tgbitget.bench.metric import Result

_METRICS = "P1 to P13"


def add_to(app: typer.Typer) -> None:
    app.command()(bench)


def bench(
    context: typer.Context,
    only: Annotated[
        str, typer.Option("--only", help=f"Only these of {_METRICS}: P1,P3.", metavar="P1,P3")
    ] = "",
    blocks: Annotated[
        int, typer.Option("--blocks", min=1, max=100, help="Blocks, each against the floor.")
    ] = 5,
    posts: Annotated[
        int | None,
        typer.Option("--posts", min=100, max=100_000, help="Posts in each block of reading (P7)."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small and rough, some minutes.")] = False,
    full: Annotated[
        bool,
        typer.Option("--full", help="As long as the bars say: a million posts, a minute idle."),
    ] = False,
    live: Annotated[
        bool,
        typer.Option("--live", help="Your own round trips to Telegram and Bitget; trades nothing."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """How fast tgbitget is here: both simulators, a floor and plain scripts, by turns in one run."""
    from tgbitget.cli.start import run_async

    if live:
        from tgbitget.cli.bench_live import measure_live

        return measure_live(context, as_json=as_json)
    from loguru import logger

    from tgbitget.bench.course import chosen, run
    from tgbitget.bench.metric import Effort
    from tgbitget.cli.bench_text import Progress, print_failed, print_result, print_summary
    from tgbitget.cli.tables import print_json

    if not context.obj:
        logger.remove()  # the parts that run in this process say what they do at DEBUG
    try:
        stages = chosen([one for one in only.split(",") if one.strip()])
    except ValueError as e:
        raise typer.BadParameter(str(e), param_hint="--only") from e
    blocks = min(blocks, 2) if quick else blocks
    effort = Effort(blocks=blocks, posts=posts, is_quick=quick, is_full=full)
    found = []
    with Progress(stages, is_quick=quick) as progress:

        def show(result: "Result") -> None:
            found.append(result)
            if as_json:
                print_json(result.json())
            else:
                print_result(result)

        failed = run_async(run(stages, effort, progress.say, on_result=show))
    if not as_json and len(found) > 1:
        print_summary(found)
    print_failed(failed)
    return 1 if failed else 0
