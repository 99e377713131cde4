import re
from dataclasses import astuple, replace

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from scipy import ndimage

from tuiconv.errors import RequestError
from tuiconv.images import apply
from tuiconv.images.apply import Settings, band_height, filter_picture, through
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import LearnedFilter, NamedFilter
from tuiconv.images.pictures import MODES, Picture
from tuiconv.images.stages import EDGES, Source, Stage

PADDED = {"zero": "constant", "replicate": "edge", "reflect": "reflect", "wrap": "wrap"}
"""NumPy's names of the edges."""
COUNT = NamedFilter("count", np.array([[1.0, 10.0, 100.0]]), "")
LEARNED = LearnedFilter(
    "learned", tuple(np.random.default_rng(2).normal(size=(3, 3, 5)).round(3)), ""
)
WINDOWS = [
    Settings(threads=1),
    Settings(threads=1, stride=(2, 3)),
    Settings(threads=1, stride=(3, 1), padding=(15, 14)),
    Settings(threads=1, stride=(1, 4), padding=(29, 40)),
]
"""The last two lay more around than the picture has, or the kernel needs."""


def random_picture(mode, height, width, seed=0):
    dtype, names = MODES[mode]
    shape = (height, width) if len(names) == 1 else (height, width, len(names))
    rng = np.random.default_rng(seed)
    return Picture(rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True), mode)


def split(picture):
    """Colours, and alpha from 0 to 1 or None, in float64."""
    channels = picture.pixels.reshape(picture.height, picture.width, -1).astype(np.float64)
    if not picture.has_alpha:
        return channels, None
    return channels[:, :, :-1], channels[:, :, -1] / picture.most


def correlated(colour, alpha, kernel):
    """Σ weight · what is seen, wherever the kernel lies wholly inside."""
    height, width = kernel.shape
    if alpha is None:
        return centres(ndimage.correlate(colour, kernel, mode="constant"), height, width)
    a, c = (sliding_window_view(each, kernel.shape) for each in (alpha, colour))
    middle = c[:, :, height // 2, width // 2, np.newaxis, np.newaxis]
    return ((a * c + (1 - a) * middle) * kernel).sum(axis=(2, 3))


def centres(values, height, width):
    return values[
        height // 2 : len(values) - height // 2, width // 2 : values.shape[1] - width // 2
    ]


def layer(colours, alpha, applied, how):
    """What a filter makes of colours (height, width, colours), and the alpha that remains."""
    height, width = applied.size
    around = how.padding or (height // 2, width // 2)
    pads = [(size, size) for size in around]
    planes = [np.pad(plane, pads, PADDED[how.edge]) for plane in np.moveaxis(colours, 2, 0)]
    if alpha is not None:
        beyond = {"constant_values": 1} if how.edge == "zero" else {}
        alpha = np.pad(alpha, pads, PADDED[how.edge], **beyond)
    kernels = list(applied.matrices.values())
    if isinstance(applied, LearnedFilter):
        parts = [correlated(*each) for each in zip(planes, [alpha] * 3, kernels, strict=True)]
        sums = [np.sum(parts, axis=0)]
    else:
        bias = applied.bias if isinstance(applied, NamedFilter) else 0
        first, *second = ([correlated(each, alpha, k) for each in planes] for k in kernels)
        sums = [np.hypot(*pair) for pair in zip(first, *second, strict=True)] if second else first
        sums = [each + bias for each in sums]
    strided = (slice(None, None, how.stride[0]), slice(None, None, how.stride[1]))
    kept = None if alpha is None else centres(alpha, height, width)[strided]
    return np.stack([each[strided] for each in sums], axis=2), kept


def check(picture, filters, how):
    """That sums, stored colours and alpha are what SciPy and NumPy make of the picture."""
    filtered = filter_picture(picture, filters, how)
    colours, alpha = split(picture)
    for applied in filters:
        colours, alpha = layer(colours, alpha, applied, how)
    after, after_alpha = split(filtered.picture)
    rows = filtered.stages[-1].rows(0, filtered.stages[-1].height)
    assert rows.values.shape == colours.shape == after.shape
    np.testing.assert_allclose(rows.values, colours, rtol=1e-11, atol=1e-11 * picture.most)
    assert np.array_equal(after, np.rint(colours.round(9)).clip(0, picture.most))
    if alpha is not None:
        assert np.array_equal(after_alpha, alpha)


def test_a_stage_by_hand():
    # beyond the border 0; windows begin at columns −2, 0 and 2
    row = np.array([[1, 2, 3, 4]], np.uint8)
    stage = Stage(Source(row, False, 255), COUNT, "zero", (1, 2), (0, 2))
    assert (stage.height, stage.width, stage.colours) == (1, 3, 1)
    assert stage.rows(0, 1).values[:, :, 0].tolist() == [[100, 321, 43]]
    assert stage.windows(0, 1).values[:, :, 0].tolist() == [[0, 0, 1, 2, 3, 4, 0, 0]]


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("edge", EDGES)
def test_every_filter_agrees_with_scipy_for_every_mode_and_edge(name, edge):
    for mode in MODES:
        check(random_picture(mode, 6, 7), [FILTERS[name]], Settings(edge, threads=1))


@pytest.mark.parametrize("how", WINDOWS[1:])
@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", ["sobel", "unsharp-5x5", "motion-blur"])
def test_stride_and_padding_are_those_of_a_convolution_layer(name, edge, how):
    for mode in ("L", "RGB", "LA;16"):
        check(
            random_picture(mode, 13, 11), [FILTERS[name]], Settings(edge, how.stride, how.padding)
        )


@pytest.mark.parametrize("how", WINDOWS)
@pytest.mark.parametrize("edge", EDGES)
def test_one_filter_after_the_other_passes_on_sums_as_they_are(edge, how):
    how = replace(how, edge=edge)
    biased = NamedFilter("biased", FILTERS["edge-8"].kernel, "", bias=-300.5)
    for mode in ("L", "RGBA", "CMYK"):
        picture = random_picture(mode, 12, 14)
        check(picture, [biased, FILTERS["gaussian-5x5"]], how)
        check(picture, [FILTERS["sobel-x"], FILTERS["sobel-y"], FILTERS["box-blur"]], how)


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGB;16"])
def test_a_learned_filter_adds_up_over_red_green_and_blue(mode, edge):
    check(random_picture(mode, 6, 9), [FILTERS["gaussian-3x3"], LEARNED], Settings(edge, threads=1))


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 9), (9, 1), (2, 3)])
@pytest.mark.parametrize("edge", EDGES)
def test_kernels_larger_than_the_picture_see_what_the_edge_rule_says(edge, height, width):
    for mode in ("L", "LA"):
        check(random_picture(mode, height, width), [FILTERS["log"]], Settings(edge, threads=1))


@pytest.mark.slow
@pytest.mark.parametrize("how", WINDOWS)
@pytest.mark.parametrize("edge", EDGES)
def test_the_bands_that_a_picture_is_filtered_in_make_no_difference(monkeypatch, edge, how):
    filters = [FILTERS["unsharp-5x5"], FILTERS["sobel"]]
    how = replace(how, edge=edge, range="signed")
    for picture in (random_picture("RGBA", 50, 3), random_picture("I;16", 61, 2)):
        at_once = filter_picture(picture, filters, how)
        with monkeypatch.context() as patched:
            patched.setattr(apply, "BAND", 1)  # as small as they can be
            banded = [filter_picture(picture, filters, replace(how, threads=n)) for n in (1, 3)]
        for each in banded:
            assert np.array_equal(each.picture.pixels, at_once.picture.pixels)
            assert astuple(each.statistics) == pytest.approx(astuple(at_once.statistics))
            assert each.statistics == banded[0].statistics


@pytest.mark.parametrize(
    ("names", "stride", "rows"),
    [
        (["sharpen"], 1, 64),  # 64 · (4094 + 2) = 2¹⁸ numbers
        (["sharpen"], 3, 21),  # of which every third row is one of the result
        (["sharpen", "sharpen"], 3, 7),
        (["sharpen"], 100, 1),
        (["gabor", "gaussian"], 1, 64),  # 25 + 7 rows, twice
        (["gabor", "gaussian-5x5", "gaussian"], 1, 74),
    ],
)
def test_a_band_is_made_of_equally_much_of_the_picture_whatever_the_stride(names, stride, rows):
    picture = Source(np.broadcast_to(np.uint8(0), (300, 4094)), False, 255)
    how = Settings(stride=(stride, 1))
    assert band_height(through(picture, [FILTERS[name] for name in names], how)) == rows


def test_a_band_holds_less_rows_where_padding_makes_them_wider():
    picture = Source(np.broadcast_to(np.uint8(0), (300, 2)), False, 255)
    twice = [FILTERS["sharpen"]] * 2
    # 2 + 2 · 1024 = 2050 columns, of which 2048 come out: 4096 with the padding of the second
    assert band_height(through(picture, twice, Settings(padding=(0, 1024)))) == 64


@pytest.mark.parametrize("edge", EDGES)
def test_any_rows_asked_for_are_those_of_the_whole(edge):
    picture = random_picture("LA", 24, 3)
    source = Source(picture.pixels, True, 255)
    below = Stage(source, FILTERS["sharpen"], edge, (2, 1), (40, 3))
    stage = Stage(below, FILTERS["gaussian-5x5"], edge, (3, 2))
    whole = stage.rows(0, stage.height)
    for first in range(stage.height):
        for end in range(first + 1, stage.height + 1):
            rows = stage.rows(first, end)
            np.testing.assert_allclose(rows.values, whole.values[first:end], atol=1e-10)
            assert np.array_equal(rows.opacity, whole.opacity[first:end])


@pytest.mark.parametrize("mode", ["LA", "RGBA;16"])
def test_windows_that_see_only_what_is_beyond_the_border_are_opaque_black(mode):
    how = Settings("zero", stride=(3, 3), padding=(30, 30), threads=1)
    picture = filter_picture(random_picture(mode, 2, 2), [FILTERS["box-blur"]], how).picture
    assert not picture.pixels[0, :, :-1].any()
    assert (picture.pixels[0, :, -1] == picture.most).all()


def test_a_window_that_does_not_fit_is_refused_with_the_formula():
    source = Source(np.zeros((4, 9), np.uint8), False, 255)
    for size, padding, told in [
        (
            (7, 1),
            (1, 0),
            "7 pixels high, does not fit into a picture 4 pixels high: floor((4 +",
        ),
        ((1, 11), (0, 0), "11 pixels wide, does not fit into a picture 9 pixels wide: floor((9 +"),
    ]:
        with pytest.raises(RequestError, match=re.escape(f"mean: the kernel, {told}")):
            Stage(source, NamedFilter("mean", np.ones(size), ""), "reflect", (1, 1), padding)


def test_in_a_row_the_filter_that_does_not_fit_is_named_with_what_arrives():
    how = Settings(stride=(2, 2), padding=(0, 0))
    with pytest.raises(RequestError, match=r"box-blur: .*\(2 \+ 2·0 − 3\) / 2\) \+ 1 = 0"):
        filter_picture(random_picture("L", 5, 9), [FILTERS["sharpen"], FILTERS["box-blur"]], how)


def test_a_learned_filter_of_colours_refuses_greys():
    with pytest.raises(RequestError, match=r"learned .* this picture has 1 "):
        filter_picture(random_picture("LA", 5, 5), [LEARNED])
