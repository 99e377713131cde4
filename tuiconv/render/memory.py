"""The memory that a network takes, as a table."""

from collections.abc import Callable

from tuiconv.arithmetic.memory import PARTS, Memory, mebibytes
from tuiconv.render.depth import Display
from tuiconv.render.lines import Line, paragraph
from tuiconv.render.tables import Column, fitting, table_lines


def memory_lines(
    memory: Memory,
    batch: int,
    bytes_per_number: int,
    training: str | None,
    width: int,
    display: Display,
) -> list[Line]:
    """Numbers, bytes and MiB of each part; what there is nothing of is left out.

    Args:
        memory: what is shown.
        batch: for how many images it is.
        bytes_per_number: of every number.
        training: the optimiser; None for a network that only runs forward.
        width: cells across.
        display: what the terminal can show.
    """
    images = "one image" if batch == 1 else f"{batch:,} images"
    doing = f"training with {training}" if training else "forward only"
    sizes = {part: getattr(memory, part) for part in PARTS if getattr(memory, part)}

    def measured(name: str, show: Callable[[int], str], rank: int = 0) -> Column:
        return Column(name, [show(size) for size in sizes.values()], show(memory.total), rank=rank)

    columns = [
        Column("memory", [PARTS[part] for part in sizes], "total", is_text=True),
        measured("numbers", lambda size: f"{size // bytes_per_number:,}", rank=2),
        measured("bytes", lambda size: f"{size:,}", rank=1),
        measured("MiB", mebibytes),
    ]
    what = f"{images}, {bytes_per_number} bytes a number, {doing}:"
    return [*paragraph(what, width), *table_lines(fitting(columns, width), display)]
