"""The arithmetic of a network for people: a table, a drawing, two networks side by side."""

from typing import TYPE_CHECKING

from tuiconv.arithmetic import NetworkSpec, SpecError
from tuiconv.arithmetic.explaining import notes
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.tables import BOLD, markdown_lines

if TYPE_CHECKING:
    from tuiconv.cli.shapes import Asked

PROMPT = 2
"""Lines of the screen that a shell needs for itself."""

LEAST_LINES = 16
"""Of a drawing, however low the terminal is."""


def lines_of(
    asked: "Asked", failure: SpecError | None, width: int, height: int, display: Display
) -> list[Line]:
    """What is asked for, in `width` cells; a drawing on a screen of `height` lines."""
    spec = asked.spec
    if asked.explain is not None:
        return explanation(spec, asked.explain, width, display)
    if asked.unit is not None:
        return drawing(spec, asked.unit, width, max(height - PROMPT, LEAST_LINES), display)
    if asked.other is not None and asked.compare is not None:
        from tuiconv.render.compare import compare_lines

        way = f" as {asked.conversion}" if asked.conversion else ""
        titles = asked.network + way, asked.compare
        return compare_lines((spec, asked.other), titles, width, display)
    return table(asked, failure, width, display)


def explanation(spec: NetworkSpec, name: str, width: int, display: Display) -> list[Line]:
    """One layer with its arithmetic, or all of them."""
    from tuiconv.render.explain import explain_lines

    if name != "all" or any(layer.name == name for layer in spec):
        return explain_lines(spec, spec.named(name), width, display)
    blocks = [explain_lines(spec, layer, width, display) for layer in spec]
    return [line for block in blocks for line in (*block, [])][:-1]


def drawing(spec: NetworkSpec, text: str, width: int, height: int, display: Display) -> list[Line]:
    """A unit with what it sees and what it reaches."""
    from tuiconv.arithmetic.units import reached_by, read_unit, seen_by
    from tuiconv.render.unit import unit_lines

    unit = read_unit(text, spec)
    seen, reached = seen_by(spec, unit), reached_by(spec, unit)
    return unit_lines(spec, seen, reached, width, height, display)


def table(asked: "Asked", failure: SpecError | None, width: int, display: Display) -> list[Line]:
    """A row for each layer; below them the memory and what must be said, or the failing layer."""
    from tuiconv.render.memory import memory_lines
    from tuiconv.render.shapes import shapes_lines

    spec = asked.spec
    lines = shapes_lines(spec, width, display)
    if failure is not None:
        cross = "✗" if display.unicode else "X"
        failing = paragraph(f"{cross} {failure.layer}", width, style=BOLD)
        message = str(failure).rpartition(f"{failure.layer}: ")[2]  # behind the name of a file too
        return [*lines, [], *failing, *paragraph(message, width)]
    circumstances = asked.batch, asked.bytes_per_number, asked.training
    lines += [[], *memory_lines(asked.memory(spec), *circumstances, width, display)]
    texts = notes(asked.network, spec) if asked.conversion is None else [str(spec)]
    for text in texts:
        lines += [[], *paragraph(text, width)]
    return lines


def markdown_of(spec: NetworkSpec, display: Display) -> list[str]:
    """The whole table in Markdown."""
    from tuiconv.render.shapes import shapes_columns

    return markdown_lines(shapes_columns(spec, display))
