"""The commands of `tuiconv show`, which come with the views of all lessons."""

import typer

from tuiconv.cli.show_arithmetic import show_arithmetic
from tuiconv.cli.show_convolution import show_convolution
from tuiconv.cli.show_draw import show_draw
from tuiconv.cli.show_dynamic import show_dynamic
from tuiconv.cli.show_filters import show_filters
from tuiconv.cli.show_network import show_network
from tuiconv.cli.show_training import show_training

lessons = typer.Typer(rich_markup_mode=None)

lessons.command("convolution", short_help="A window slides over a grid, forward and back.")(
    show_convolution
)
lessons.command("filters", short_help="What small kernels do to a picture.")(show_filters)
lessons.command("network", short_help="A network from inside, on one image.")(show_network)
lessons.command("training", short_help="A network as it learns, step by step.")(show_training)
lessons.command("arithmetic", short_help="Sizes and costs of a network.")(show_arithmetic)
lessons.command("dynamic", short_help="A network over inputs of any length.")(show_dynamic)
lessons.command("draw", short_help="A drawing, and what a network makes of it.")(show_draw)
