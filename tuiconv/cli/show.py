"""`tuiconv show`: what a screen of the explorer shows, as text, JSON or SVG."""

import typer

from tuiconv.cli.show_arithmetic import show_arithmetic
from tuiconv.cli.show_convolution import show_convolution
from tuiconv.cli.show_draw import show_draw
from tuiconv.cli.show_dynamic import show_dynamic
from tuiconv.cli.show_filters import show_filters
from tuiconv.cli.show_network import show_network
from tuiconv.cli.show_training import show_training

show = typer.Typer(rich_markup_mode=None)

show.command("convolution", short_help="A window slides over a grid, forward and back.")(
    show_convolution
)
show.command("filters", short_help="What small kernels do to a picture.")(show_filters)
show.command("network", short_help="A network from inside, on one image.")(show_network)
show.command("training", short_help="A network as it learns, step by step.")(show_training)
show.command("arithmetic", short_help="Sizes and costs of a network.")(show_arithmetic)
show.command("dynamic", short_help="A network over inputs of any length.")(show_dynamic)
show.command("draw", short_help="A drawing, and what a network makes of it.")(show_draw)


@show.callback(invoke_without_command=True)
def lessons(context: typer.Context) -> None:
    """Print what a screen of the explorer shows.

    On the screen, y tells the command line that prints the same. Without a name, all lessons are
    listed.

    \b
    Examples:
      tuiconv show
      tuiconv show filters --filter edge-8
    """
    if context.invoked_subcommand is not None:
        return
    for each in show.registered_commands:
        print(f"{each.name:<11} {each.short_help}")
    print("What can be chosen: tuiconv show NAME --help")
