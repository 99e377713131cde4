"""What `tuiconv apply-filter` did to a picture, for other programs: JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tuiconv.lessons.filter_kernels import bias_of

if TYPE_CHECKING:
    from tuiconv.images.apply import Filtered, Settings
    from tuiconv.images.filters.filter import Filter
    from tuiconv.images.pictures import Picture
    from tuiconv.images.stages import Stage
    from tuiconv.lessons.filter_terms import Terms


def filter_entry(
    name: str,
    before: "Picture",
    filtered: "Filtered",
    filters: "Sequence[Filter]",
    settings: "Settings",
    terms: "Terms | None" = None,
    flipped: bool = False,
    output: str | None = None,
) -> dict[str, Any]:
    """A picture's entry as a JSON object; pairs are [vertical, horizontal].

    - image: the name of the picture.
    - before, after: mode, width and height, and over all colours minimum, maximum and mean of the
      numbers that are stored.
    - filters, in their order: name, description, formula, size of the kernel, zero_sum, kernels
      (each with its label, "" if there is one only, and rows of weights as they were laid on),
      bias, and as each takes it from the picture or the filter before: stride, padding and
      the [height, width] of its output.
    - flipped: whether the kernels are turned by 180°, which makes it true convolution.
    - edge, and range: names as the options have them.
    - scale: how the sums became pixels: value = sum · factor + offset, of the magnitude of the
      sum if magnitude is true; most is the largest number a pixel holds.
    - sums: minimum, maximum and mean of the sums; how many numbers were below 0 or above the most
      a pixel holds, clipped_pixels with any of them; and of how many pixels and numbers these
      are. They are those of all frames, of which before and after are the first.
    - output: the file that was written, null if none was.
    - terms, if asked for: filter, filters_before, mode, x, y, scale, alpha and channels, as
      `tuiconv.lessons.filter_terms` describes them.
    """
    entry = {
        "image": name,
        "before": picture_json(before),
        "filters": [
            laid_on_json(each, stage) for each, stage in zip(filters, filtered.stages, strict=True)
        ],
        "flipped": flipped,
        "edge": settings.edge,
        "range": settings.range,
        "scale": asdict(filtered.scale),
        "sums": asdict(filtered.statistics),
        "after": picture_json(filtered.picture),
        "output": output,
    }
    return entry if terms is None else {**entry, "terms": asdict(terms)}


def picture_json(picture: "Picture") -> dict[str, Any]:
    """The size of a picture, and what its colours range over."""
    channels = picture.pixels.reshape(picture.height, picture.width, -1)
    colours = channels[:, :, : picture.colours]
    return {
        "mode": picture.mode,
        "width": picture.width,
        "height": picture.height,
        "minimum": int(colours.min()),
        "maximum": int(colours.max()),
        "mean": float(colours.mean()),
    }


def filter_json(named: "Filter") -> dict[str, Any]:
    """A filter with its kernels; a weight of −0, which some readers trip over, is written as 0."""
    return {
        "name": named.name,
        "description": named.description,
        "formula": named.formula,
        "size": list(named.size),
        "zero_sum": named.zero_sum,
        "kernels": {label: (kernel + 0.0).tolist() for label, kernel in named.matrices.items()},
    }


def laid_on_json(applied: "Filter", stage: "Stage") -> dict[str, Any]:
    """A filter, and how it was laid on."""
    return {
        **filter_json(applied),
        "bias": bias_of(applied),
        "stride": list(stage.window.stride),
        "padding": list(stage.window.padding),
        "output": [stage.height, stage.width],
    }
