"""What a filter does to a picture: before, after, the kernel, and what did not fit."""

from dataclasses import dataclass

from tuiconv.images.apply import apply_filter, unclamped
from tuiconv.images.filters import find_filter, kernel_text
from tuiconv.images.pictures import Picture
from tuiconv.lessons.scene import Pixels, Scene, Text


@dataclass(frozen=True, eq=False)
class Filtered:
    """A picture before and after a filter, and the scene that shows both."""

    after: Picture
    scene: Scene


def filter_picture(before: Picture, name: str) -> Filtered:
    """Filter a picture and say what happened to its numbers.

    Raises:
        ValueError: no filter has that name.
    """
    named = find_filter(name)
    after = apply_filter(before, named)
    sums = unclamped(before, named)
    most = 65_535 if after.pixels.dtype.itemsize == 2 else 255
    numbers = [
        f"sums: {sums.low:,.6g} to {sums.high:,.6g}",
        f"of {sums.values.size:,} numbers",
        f"{sums.below:,} below 0 became 0",
        f"{sums.above:,} above {most:,} became {most:,}",
    ]
    size = f"{before.width}×{before.height} {before.mode}"
    scene = Scene(
        title=f"{named.name}: {named.description}",
        panels=(
            Pixels(f"before: {size}", before.pixels),
            Pixels("after", after.pixels),
            Text("kernel", tuple(kernel_text(named.kernel).splitlines())),
            Text("result", tuple(numbers)),
        ),
    )
    return Filtered(after, scene)
