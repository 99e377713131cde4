from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tuiconv.errors import RequestError
from tuiconv.images.apply import Settings, filter_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.filter import LearnedFilter, Magnitude, NamedFilter
from tuiconv.images.pictures import MODES, Picture
from tuiconv.images.ranges import RANGES
from tuiconv.images.stages import EDGES
from tuiconv.lessons.filter_terms import explain

GREY = Picture(np.array([[10, 20, 30], [40, 50, 60], [70, 80, 90]], np.uint8), "L")
LEFT = NamedFilter("left", np.array([[1.0, 0.0, -1.0]]), "")
ABOVE = NamedFilter("above", np.array([[1.0], [0.0], [-1.0]]), "")
WIDE_ABOVE = NamedFilter("wide above", np.array([[0.0, 1, 0], [0, 0, 0], [0, -1, 0]]), "")
WIDE_LEFT = NamedFilter("wide left", np.array([[0.0, 0, 0], [1, 0, -1], [0, 0, 0]]), "")


def only(filtered, x, y):
    """The single sum of a grey pixel, and its channel."""
    (channel,) = explain(filtered, x, y).channels
    (products,) = channel.sums
    return channel, products


def told(products, *names):
    return [tuple(getattr(term, name) for name in names) for term in products.terms]


def test_every_product_of_a_sharpened_pixel_by_hand():
    channel, products = only(filter_picture(GREY, (FILTERS["sharpen"],)), 1, 1)
    assert told(products, "row", "column", "value", "weight", "product", "running") == [
        (0, 0, 10, 0, 0, 0),
        (0, 1, 20, -1, -20, -20),
        (0, 2, 30, 0, 0, -20),
        (1, 0, 40, -1, -40, -60),
        (1, 1, 50, 5, 250, 190),
        (1, 2, 60, -1, -60, 130),
        (2, 0, 70, 0, 0, 130),
        (2, 1, 80, -1, -80, 50),
        (2, 2, 90, 0, 0, 50),
    ]
    assert (products.divisor, products.bias, products.value) == (1, 0, 50)
    assert (channel.sum, channel.scaled, channel.rounded, channel.clamped) == (50, 50, 50, 50)
    assert (channel.name, channel.stored, channel.difference) == ("grey", 50, 0)


def test_fractions_of_one_divisor_are_told_as_whole_numbers():
    # corners 10 + 30 + 70 + 90, sides twice 20 + 40 + 60 + 80, four times 50: 800 / 16
    channel, products = only(filter_picture(GREY, (FILTERS["gaussian-3x3"],)), 1, 1)
    assert [weight for (weight,) in told(products, "weight")] == [1, 2, 1, 2, 4, 2, 1, 2, 1]
    assert (products.terms[-1].running, products.divisor, products.value) == (800, 16, 50)
    assert channel.stored == 50


@pytest.mark.parametrize(
    ("edge", "sources", "values"),
    [
        ("zero", [None, (0, 0), (0, 1)], [0, 10, 20]),
        ("replicate", [(0, 0), (0, 0), (0, 1)], [10, 10, 20]),
        ("reflect", [(0, 1), (0, 0), (0, 1)], [20, 10, 20]),
        ("wrap", [(0, 2), (0, 0), (0, 1)], [30, 10, 20]),
    ],
)
def test_what_stands_beyond_the_border_is_told_with_where_it_was_taken_from(edge, sources, values):
    _, products = only(filter_picture(GREY, (LEFT,), Settings(edge=edge)), 0, 0)
    assert [(term.row, term.column) for term in products.terms] == [(0, -1), (0, 0), (0, 1)]
    assert [term.source for term in products.terms] == sources
    assert [term.value for term in products.terms] == values
    assert [term.is_inside for term in products.terms] == [False, True, True]


def test_stride_and_padding_move_the_window():
    # rows −2 + 2 · 1 = 0 to 2, columns −1 + 3 · 1 = 2 to 4
    how = Settings(edge="zero", stride=(2, 3), padding=(2, 1))
    filtered = filter_picture(GREY, (FILTERS["box-blur"],), how)
    assert (filtered.picture.height, filtered.picture.width) == (3, 1)
    wide = Picture(np.arange(12, dtype=np.uint8).reshape(3, 4), "L")
    _, products = only(filter_picture(wide, (FILTERS["box-blur"],), how), 1, 1)
    assert [(term.row, term.column) for term in products.terms] == [
        (row, column) for row in range(3) for column in (2, 3, 4)
    ]
    assert [term.value for term in products.terms] == [2, 3, 0, 6, 7, 0, 10, 11, 0]


def test_the_colour_in_the_middle_stands_in_for_what_is_transparent():
    row = Picture(np.array([[[200, 51], [60, 255], [9, 0]]], np.uint8), "LA")
    terms = explain(filter_picture(row, (LEFT,)), 1, 0)
    ((products,),) = (channel.sums for channel in terms.channels)
    # 0.2 · 200 + 0.8 · 60 = 88 on the left, nothing but the middle on the right
    assert told(products, "colour", "opacity", "value") == [(200, 0.2, 88), (60, 1, 60), (9, 0, 60)]
    assert products.value == 28
    assert (terms.alpha, terms.channels[0].stored) == (255, 28)


def test_a_bias_is_added_to_the_sum_behind_the_division():
    half = NamedFilter("half", np.array([[0.5]]), "", bias=-3.25)
    channel, products = only(filter_picture(GREY, (half,)), 2, 2)
    assert told(products, "value", "weight", "product") == [(90, 1, 90)]
    assert (products.divisor, products.bias, products.value) == (2, -3.25, 41.75)
    assert (channel.rounded, channel.stored) == (42, 42)


def test_a_magnitude_is_told_with_both_of_its_sums():
    both = Magnitude("both", WIDE_LEFT, WIDE_ABOVE, "")
    (channel,) = explain(filter_picture(GREY, (both,)), 1, 1).channels
    assert [(each.label, each.value) for each in channel.sums] == [("x", -20), ("y", -60)]
    assert channel.joined == "length"
    assert channel.sum == pytest.approx(np.sqrt(20**2 + 60**2))
    assert channel.stored == 63  # 63.2…


def test_a_learned_filter_adds_up_what_it_sees_in_red_green_and_blue():
    learned = LearnedFilter("learned", tuple(np.array([[k]]) for k in (1.0, 0.5, -0.25)), "")
    colours = Picture(np.array([[[100, 50, 40]]], np.uint8), "RGB")
    (channel,) = explain(filter_picture(colours, (learned,)), 0, 0).channels
    assert [(each.label, each.value) for each in channel.sums] == [
        ("R", 100),
        ("G", 25),
        ("B", -10),
    ]
    assert (channel.joined, channel.sum, channel.stored) == ("added", 115, 115)


def test_of_a_row_of_filters_the_last_is_told_on_the_sums_of_those_before():
    # left makes 10 − 30 = −20 of every row, neither rounded nor clamped
    terms = explain(filter_picture(GREY, (LEFT, ABOVE), Settings(padding=(0, 0))), 0, 0)
    ((products,),) = (channel.sums for channel in terms.channels)
    assert (terms.filter, terms.filters_before) == ("above", ("left",))
    assert [term.value for term in products.terms] == [-20, -20, -20]


@pytest.mark.parametrize(
    ("asked", "scaled", "stored"),
    [
        ("clamp", -20, 0),
        ("abs", 20, 20),
        ("signed", -20 * 127 / 40 + 128, 64),  # 64.5, to the even number
        ("minmax", (-20 - -20) * 255 / 60, 0),
    ],
)
def test_a_range_stands_between_the_sum_and_what_is_stored(asked, scaled, stored):
    # left minus right: 0 − 20, 0 − 0, 20 − 20, 0 − 0 and 40
    row = Picture(np.array([[0, 20, 0, 20, 0, 40, 0]], np.uint8), "L")
    filtered = filter_picture(row, (LEFT,), Settings(edge="zero", range=asked))
    assert filtered.stages[-1].rows(0, 1).values.reshape(-1).tolist() == [-20, 0, 0, 0, -20, 0, 40]
    channel, _ = only(filtered, 4, 0)
    assert (channel.sum, channel.scaled) == (-20, scaled)
    assert (channel.stored, channel.difference) == (stored, 0)


def test_a_stored_pixel_that_is_wrong_is_found_out():
    filtered = filter_picture(GREY, (FILTERS["sharpen"],))
    wrong = replace(GREY, pixels=filtered.picture.pixels + np.uint8(3))
    channel, _ = only(replace(filtered, picture=wrong), 1, 1)
    assert (channel.clamped, channel.stored, channel.difference) == (50, 53, 3)


def test_a_pixel_outside_is_refused_with_what_there_is():
    filtered = filter_picture(GREY, (LEFT,), Settings(stride=(1, 2)))
    for x, y in [(2, 0), (0, 3), (-1, 0), (0, -1)]:
        with pytest.raises(RequestError, match=f"no pixel at x {x}, y {y}.* 0 to 1 .* 0 to 2"):
            explain(filtered, x, y)


SMALL = sorted(name for name, each in FILTERS.items() if max(each.size) <= 7)

odd = st.sampled_from([1, 3, 5])
weights = st.one_of(
    st.integers(-9, 9).map(float), st.sampled_from([0.1, 1 / 3, -1 / 16]), st.floats(-2, 2)
)


@st.composite
def kernels(draw, height, width):
    flat = draw(st.lists(weights, min_size=height * width, max_size=height * width))
    return np.array(flat).reshape(height, width)


@st.composite
def all_filters(draw, colours):
    kind = draw(st.sampled_from(["named", "own", "magnitude", "learned", "learned of colours"]))
    if kind == "named":
        return FILTERS[draw(st.sampled_from(SMALL))]
    size = draw(st.tuples(odd, odd))
    if kind == "own":
        return NamedFilter(
            kind, draw(kernels(*size)), "", bias=draw(st.sampled_from([0, 10, -0.3]))
        )
    if kind == "magnitude":
        x, y = (NamedFilter(kind, draw(kernels(*size)), "") for _ in range(2))
        return Magnitude(kind, x, y, "")
    count = 3 if kind == "learned of colours" and colours == 3 else 1
    return LearnedFilter(kind, tuple(draw(kernels(*size)) for _ in range(count)), "")


@settings(max_examples=80)
@given(st.data())
def test_the_terms_always_come_to_what_is_stored(data):
    mode = data.draw(st.sampled_from(sorted(MODES)))
    dtype, names = MODES[mode]
    height, width = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 6)))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    shape = (height, width) if len(names) == 1 else (height, width, len(names))
    picture = Picture(rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True), mode)
    filters = [data.draw(all_filters(picture.colours))]
    if data.draw(st.booleans()):
        filters.insert(0, FILTERS[data.draw(st.sampled_from(SMALL))])
    how = Settings(
        edge=data.draw(st.sampled_from(EDGES)),
        stride=data.draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
        padding=data.draw(st.sampled_from([None, (2, 2), (2, 9), (5, 3)])),
        range=data.draw(st.sampled_from(RANGES)),
        threads=1,
    )
    try:
        filtered = filter_picture(picture, filters, how)
    except RequestError:  # a window that does not fit
        reject()
    after, sums = filtered.picture, filtered.stages[-1]
    for x in {0, after.width // 2, after.width - 1}:
        for y in {0, after.height // 2, after.height - 1}:
            terms = explain(filtered, x, y)
            assert len(terms.channels) == after.colours
            values = sums.rows(y, y + 1).values[0, x]
            for channel, value in zip(terms.channels, values, strict=True):
                assert channel.sum == pytest.approx(value, rel=1e-9, abs=1e-7)
                assert channel.difference == 0
