"""The program `tuiconv` and its commands."""

import os
import sys
from typing import Annotated

import typer

from tuiconv import __version__
from tuiconv.cli import (
    apply_filter,
    bench,
    check_grad,
    data,
    doctor,
    eval_model,
    export,
    filters,
    predict,
    serve,
    shapes,
    show,
    train,
    watch,
)
from tuiconv.errors import RequestError

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

app.command("apply-filter")(apply_filter.apply_filter)
app.command("filters")(filters.filters)
app.command("train")(train.train)
app.command("watch")(watch.watch)
app.command("eval")(eval_model.eval_model)
app.command("predict")(predict.predict)
app.command("check-grad")(check_grad.check_grad)
app.add_typer(data.data, name="data", short_help="List, fetch and look into data sets.")
app.command("shapes", short_help="Show a network's sizes and costs.")(shapes.shapes)
app.add_typer(show.show, name="show", short_help="Print what a screen of the explorer shows.")
app.command("export", short_help="Write a network for PyTorch or as ONNX.")(export.export)
app.command("bench", short_help="Measure this machine beside other libraries.")(bench.bench)
app.command("serve", short_help="Show the explorer in a browser.")(serve.serve)
app.command("doctor", short_help="Look at this terminal and machine.")(doctor.doctor)


def show_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        print(f"tuiconv {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def explorer(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=show_version, is_eager=True, help="Print the version."),
    ] = False,
    no_animation: Annotated[
        bool,
        typer.Option(
            "--no-animation",
            help="Draw a network in training once a second only, for slow lines.",
        ),
    ] = False,
) -> int | None:
    """Take a convolutional network apart in the terminal.

    Without a command, tuiconv opens the explorer: slide a window by hand, see what filters do to a
    picture, look into a trained LeNet, train one step by step and back, work out a network of your
    own, draw a digit and have it read. Keys are listed at the bottom of every screen, ? explains
    it, q quits.

    \b
    Examples:
      tuiconv
      tuiconv train --epochs 2
      tuiconv apply-filter photo.jpg sharpen -o sharper.jpg
      tuiconv shapes lenet5
    """
    if context.invoked_subcommand is not None:
        return None
    # Another driver than the terminal's, as `tuiconv serve` has, is no terminal and needs none.
    if "TEXTUAL_DRIVER" not in os.environ:
        check_terminal()
    from tuiconv.tui.app import run_explorer

    return run_explorer(animated=not no_animation)


def check_terminal() -> None:
    """Find out whether the explorer can be shown here.

    Raises:
        RequestError: it cannot.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise RequestError("the explorer needs a terminal; for the commands see tuiconv --help")
    if os.environ.get("TERM") == "dumb":
        raise RequestError("TERM=dumb cannot place text on the screen; see tuiconv --help")
