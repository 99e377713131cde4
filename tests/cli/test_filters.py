import json

import numpy as np
import pytest

from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.family_kernels import FAMILIES
from tuiconv.images.filters.recipes import parse_filters


def test_every_filter_is_named_with_its_words_and_its_kernel_or_formula(tuiconv):
    done = tuiconv("filters")
    assert (done.status, done.err) == (0, "")
    words = " ".join(done.out.split())
    for name, named in FILTERS.items():
        assert f"\n{name}: " in done.out or f"\n{name}(" in done.out
        assert named.description in words
        assert f"= {named.formula}" in words
    sharpen = done.out.split("\nsharpen: ")[1].splitlines()
    assert [line.split() for line in sharpen[1:4]] == [
        ["0", "-1", "0"],
        ["-1", "5", "-1"],
        ["0", "-1", "0"],
    ]


def test_the_filters_stand_in_three_groups(tuiconv):
    out = tuiconv("filters").out
    headings = [
        "The filters of the lectures",
        "Gradients: how steep the picture is",
        "With numbers to choose",
    ]
    places = [
        out.index(f"{heading}\n\n{first}")
        for heading, first in zip(
            headings, ("identity: ", "sobel-x: ", "box-blur(size=3): "), strict=True
        )
    ]
    assert places == sorted(places)


def test_a_family_is_listed_with_what_its_numbers_mean_and_may_be(tuiconv):
    out = tuiconv("filters").out
    assert "\ngabor(theta=0, wavelength=8, sigma=4): " in out
    for family in FAMILIES.values():
        for each in family.parameters:
            assert f"\n    {each.name}: {each.allowed}, {each.meaning}\n" in out


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_list_keeps_to_the_width(tuiconv, width):
    lines = tuiconv("filters", "--width", width).out.splitlines()
    words = [line for line in lines if "tuiconv apply-filter" not in line]
    assert max(map(len, words)) <= max(width, 72)
    assert len(lines) < 250


def test_the_list_ends_with_something_to_try(tuiconv):
    _, command = tuiconv("filters").out.rstrip().rsplit("tuiconv ", 1)
    assert command.split()[0] == "apply-filter"
    assert command.split()[-1] in FILTERS


def test_one_filter_is_shown_with_formula_numbers_sum_and_factors(tuiconv):
    lines = tuiconv("filters", "sobel-x").out.splitlines(keepends=True)
    assert "".join(line.rstrip(" \n") + "\n" for line in lines) == (
        "sobel-x: Finds vertical edges: positive where it gets brighter to the right.\n"
        "\n"
        "kernel    how it comes about\n"
        "-1  0  1  [1 2 1]ᵀ · [−1 0 1]\n"
        "-2  0  2  3×3 weights, sum 0: flat areas become 0\n"
        "-1  0  1  separable, 6 products a pixel instead of 9: [1 2 1]ᵀ · [-1 0 1]\n"
    )


def test_a_large_kernel_is_drawn_and_written_as_far_as_there_is_room(tuiconv):
    narrow = tuiconv("filters", "gabor(45, wavelength=6)").out
    assert narrow.startswith("gabor(45, 6, 4): ")
    assert "░" in narrow
    assert "25×25, too wide to be written here; its middle row: -0.0002 " in narrow
    wide = tuiconv("filters", "gabor(45, wavelength=6)", "--width", 300).out
    rows = [line.removeprefix("≈").split() for line in wide.splitlines()]
    numbers = np.array([row for row in rows if len(row) == 25 and "." in row[12]], float)
    (named,) = parse_filters("gabor(45, 6)")
    np.testing.assert_allclose(numbers, named.matrices[""], atol=1e-7)


def test_filters_in_a_row_are_shown_one_after_the_other(tuiconv):
    out = tuiconv("filters", "gaussian(0.5) | prewitt").out
    first, second = out.split("\n\nprewitt: ")
    assert first.startswith("gaussian(0.5): ")
    assert "separable, 10 products a pixel instead of 25: ≈ [" in first
    assert "kernels " in second
    assert "-1  0  1    0  0  0" in second
    assert "y: 3×3 weights, sum 0: flat areas become 0" in second


def test_as_json_every_filter_has_all_that_is_known_of_it(tuiconv):
    text = tuiconv("filters", "--json").out
    assert "-0.0," not in text
    listing = json.loads(text)
    assert [entry["name"] for entry in listing] == [named.name for named in FILTERS.values()]
    for entry, named in zip(listing, FILTERS.values(), strict=True):
        assert entry["description"] == named.description
        assert entry["formula"] == named.formula
        assert entry["zero_sum"] == named.zero_sum
        assert entry["size"] == list(named.size)
        assert entry["kernels"].keys() == entry["kernel_sums"].keys() == named.matrices.keys()
        for label, kernel in named.matrices.items():
            np.testing.assert_array_equal(entry["kernels"][label], kernel)
            assert entry["kernel_sums"][label] == pytest.approx(kernel.sum(), abs=1e-12)


def test_as_json_a_family_tells_its_numbers_and_what_they_may_be(tuiconv):
    (entry, sobel) = json.loads(tuiconv("filters", "gaussian(2) | sobel", "--json").out)
    assert entry["parameters"] == [
        {
            "name": "sigma",
            "value": 2.0,
            "default": 1,
            "least": 0.1,
            "most": 16,
            "meaning": "the bell curve's width in pixels",
        }
    ]
    assert sobel["parameters"] == []
    assert sobel["kernels"].keys() == {"x", "y"}


@pytest.mark.parametrize("name", ["sobl", "gaussian(0)", "", "gaussian(2) |", "sobel\n\x1b[2J"])
def test_what_is_no_filter_is_refused_in_one_line(refused, name):
    assert refused(2, "filters", name).startswith('tuiconv: filter "')


def test_a_terminal_without_the_signs_gets_ascii(tuiconv, monkeypatch):
    import io
    import sys

    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    assert tuiconv("filters").status == 0
    stream.flush()
    text = stream.buffer.getvalue().decode("ascii")
    assert "?" not in text
    assert "= exp(-(x^2 + y^2) / 2sigma^2)" in text
