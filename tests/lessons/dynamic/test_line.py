import re
from dataclasses import replace

import numpy as np
import pytest

from tuiconv.lessons.dynamic import moves
from tuiconv.lessons.dynamic.cost import Measured, costs, places
from tuiconv.lessons.dynamic.lesson import DynamicLesson
from tuiconv.lessons.dynamic.line import read_digits, write_line
from tuiconv.lessons.dynamic.passing import Passing
from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.lessons.scene import Bars, Pixels, Sweep, Table, Text
from tuiconv.nn.shipped import load_model

FIRST = DynamicView(show="line", data="strokes")


@pytest.fixture(scope="module")
def lesson():
    return DynamicLesson()


@pytest.fixture(scope="module")
def digits():
    return read_digits("strokes")


@pytest.fixture(scope="module")
def net():
    return load_model("lenet5")


def scene_of(lesson, **settings):
    return lesson.scene(lesson.settled(replace(FIRST, **settings)))


def panel(scene, kind):
    return next(each for each in scene.leaves if isinstance(each, kind))


def lines(scene):
    texts = [each for each in scene.leaves if isinstance(each, Text)]
    return [line for text in texts for line in (text.title, *text.lines)]


def test_a_picture_of_32_by_64_has_nine_places(lesson):
    scene = scene_of(lesson, digits="42", apart=32)
    assert scene.title.startswith("32×64, 9 answers: 42 is read as ")
    sweep = panel(scene, Sweep)
    assert sweep.pixels.shape == (32, 64)
    assert sweep.shares.shape == (11, 9)
    assert sweep.labels[-1] == "none"
    assert "floor((64 − 32) / 4) + 1 = 9" in lines(scene)


def test_a_picture_that_cuts_digits_off_is_no_wrong_reading(lesson):
    title = scene_of(lesson, digits="42", columns=32).title
    assert title.startswith("32×32, 1 answer: 42 is read as ")
    assert title.endswith(": too narrow for all of it")


def test_what_the_first_look_at_a_line_takes_can_be_done_before_it():
    lesson = DynamicLesson()
    caches = lesson.dataset, lesson._passing, lesson._measured
    for job in lesson.line_ahead():
        job()
    assert [each.cache_info().misses for each in caches] == [1, 1, 1]
    lesson.scene(lesson.settled(moves.other(lesson, lesson.settled(DynamicView()))))
    assert [each.cache_info().misses for each in caches] == [1, 1, 1]


def test_every_place_says_to_the_last_bit_what_its_window_alone_says(net, digits):
    for apart in (17, 28):
        passing = Passing(net, write_line(digits, "3071", 5, apart, None))
        np.testing.assert_array_equal(passing.log_p, passing.alone)
        np.testing.assert_allclose(passing.p.sum(axis=0), 1, atol=1e-5)


@pytest.mark.parametrize("columns", [32, 33, 35, 36, 61, 64, 100])
def test_there_are_as_many_places_as_the_formula_says_for_any_width(net, digits, columns):
    passing = Passing(net, write_line(digits, "12", 0, 30, columns))
    assert passing.line.pixels.shape == (1, 32, columns)
    assert passing.places == places(columns) == (columns - 32) // 4 + 1
    assert passing.windows.shape == (passing.places, 1, 32, 32)


def test_digits_stand_beside_each_other_as_they_are_in_the_data(digits):
    line = write_line(digits, "805", 1, 32, None)
    assert line.text == "805"
    assert [int(digits.labels[k]) for k in line.which] == [8, 0, 5]
    for place, number in enumerate(line.which):
        here = line.pixels[:, :, 32 * place : 32 * (place + 1)]
        np.testing.assert_array_equal(here, digits.images[number])


def test_digits_that_reach_into_each_other_lie_over_each_other(digits):
    near, far = (write_line(digits, "88", 1, apart, None) for apart in (16, 32))
    assert near.which == far.which
    one, other = digits.images[near.which[0]], digits.images[near.which[1]]
    both = np.maximum(one[:, :, 16:], other[:, :, :16])
    np.testing.assert_array_equal(near.pixels[:, :, 16:32], both)


def test_a_line_by_chance_is_five_digits_and_the_same_for_the_same_number(digits):
    lines = [write_line(digits, "", seed, 28, None) for seed in (3, 3, 4)]
    assert [len(line.text) for line in lines] == [5, 5, 5]
    assert lines[0].which == lines[1].which != lines[2].which
    assert lines[0].pixels.shape == (1, 32, 32 + 4 * 28)


def test_a_wider_picture_leaves_what_was_read_and_a_narrower_cuts_digits_off(net, digits):
    whole, wide, narrow = (
        Passing(net, write_line(digits, "271", 2, 28, columns)) for columns in (None, 120, 60)
    )
    np.testing.assert_array_equal(wide.log_p[:, : whole.places], whole.log_p)
    np.testing.assert_array_equal(whole.log_p[:, : narrow.places], narrow.log_p)
    assert not wide.line.pixels[:, :, 88:].any()


def test_what_a_pass_costs_by_hand(net):
    # conv1: 28·60 places of 6 maps, 25 weights each; nine windows of 28·28 places
    conv1, conv2, *full = costs(net, 64)
    assert (conv1.one_pass, conv1.windows) == (28 * 60 * 6 * 25, 9 * 28 * 28 * 6 * 25)
    assert (conv2.one_pass, conv2.windows) == (10 * 26 * 16 * 150, 9 * 10 * 10 * 16 * 150)
    assert [each.one_pass for each in full] == [9 * 400 * 120, 9 * 120 * 84, 9 * 84 * 11]
    assert all(each.one_pass == each.windows for each in full)
    assert sum(each.window for each in costs(net, 64)) == net.spec.totals.macs


def test_one_window_costs_as_much_as_one_pass_over_it(net):
    assert all(each.one_pass == each.windows == each.window for each in costs(net, 32))


def test_a_line_of_nine_digits_is_256_columns_and_one_pass_needs_a_third_of_the_products(lesson):
    scene = scene_of(lesson, digits="314159265")
    table = [each for each in scene.leaves if isinstance(each, Table)][-1]
    assert table.head[2:4] == ("on 32×256", "a window")
    name, _, _, window, windows, one_pass, factor = table.rows[-1]
    assert (name, window, windows, one_pass) == ("sum", "416,604", "23,746,428", "7,349,628")
    assert factor == "3.23"
    told = " ".join(lines(scene))
    assert re.search(r"57 windows as one batch [\d.]+ ms, one pass [\d.]+ ms: [\d.]+ times", told)
    assert "(by multiply-adds 3.23)" in told
    assert "all 627 log-probabilities are the same bits both ways" in told


def test_the_factor_is_how_many_times_longer_the_windows_take():
    assert Measured(windows=6.0, one_pass=1.5).factor == 4


def test_what_is_read_stands_in_the_middle_of_its_places(lesson):
    view = lesson.settled(replace(FIRST, digits="10", apart=32))
    passing = lesson.passing(view)
    sweep = panel(lesson.scene(view), Sweep)
    expected = [((a + b) / 2, passing.net.class_names[k]) for a, b, k in passing.digits]
    assert list(sweep.read) == expected
    assert "".join(name for _, name in sweep.read) == passing.text
    for first, last, label in passing.digits:
        assert (passing.p[-1, first : last + 1] < 0.5).all()
        assert passing.p[:-1, first : last + 1].sum(axis=1).argmax() == label


def test_further_in_stand_the_window_its_probabilities_and_the_fraction(lesson):
    view = lesson.settled(replace(FIRST, digits="42", apart=32, place=8, label=2, depth="map"))
    passing, scene = lesson.passing(view), lesson.scene(view)
    assert scene.path == ("a line of digits", "place 8")
    np.testing.assert_array_equal(panel(scene, Pixels).pixels, passing.line.pixels[0, :, 32:])
    np.testing.assert_array_equal(panel(scene, Bars).values, passing.p[:, 8])
    assert "difference 0: the same bits" in lines(scene)
    inner = lesson.scene(lesson.deeper(view))
    shares = {row[0]: row[-1] for row in panel(inner, Table).rows}
    assert shares["2"] == f"{passing.p[2, 8]:.6f}"


def test_arrow_keys_go_over_places_and_classes(lesson):
    view = lesson.settled(replace(FIRST, digits="42"))
    _, place = lesson.passing(view).chosen(view)
    moved = lesson.settled(lesson.moved(view, 0, 1))
    assert (moved.place, moved.label) == (place + 1, None)
    up = lesson.settled(lesson.moved(moved, -1, 0))
    assert up.place == place + 1
    assert up.label is not None
    last = lesson.settled(replace(view, place=10**6, label=99))
    assert (last.place, last.label) == (lesson.passing(view).places - 1, 10)
    assert lesson.counts(last) == {"place": (lesson.passing(view).places,), "label": (11,)}


def test_keys_widen_the_picture_by_one_answer_and_spread_the_digits(lesson):
    view = lesson.settled(replace(FIRST, digits="42"))
    wider = lesson.settled(moves.widened(lesson, view, 1))
    assert wider.columns == 64
    assert lesson.passing(wider).places == lesson.passing(view).places + 1
    narrow = view
    for _ in range(20):
        narrow = lesson.settled(moves.widened(lesson, narrow, -1))
    assert narrow.columns == 32
    spread = lesson.settled(moves.spread(lesson, wider, 2))
    assert (spread.apart, spread.columns) == (30, None)
    assert moves.spread(lesson, replace(view, apart=40), 2).apart == 40
    assert moves.next_line(lesson, view, -1).line == 0
    assert moves.next_line(lesson, view, 1).line == 1
    assert moves.reset(lesson, wider) == FIRST
    assert moves.other(lesson, view).show == "units"
    assert moves.widened(lesson, DynamicView(), 1).length == 14
    assert moves.reset(lesson, DynamicView(length=14)) == DynamicView()


def test_a_click_on_a_score_points_at_it_and_again_goes_in(lesson):
    view = lesson.settled(FIRST)
    clicked = lesson.pointed(view, "places", (10, 5))
    assert (clicked.label, clicked.place, clicked.depth) == (10, 5, "overview")
    assert lesson.pointed(clicked, "places", (10, 5)).depth == "map"
    picture = lesson.pointed(view, "places", (5,))
    assert (picture.label, picture.place) == (None, 5)


def test_colours_go_up_to_1_to_the_largest_probability_or_stay_as_they_are(lesson):
    view = lesson.settled(FIRST)
    assert panel(lesson.scene(view), Sweep).limits == (0, 1)
    frozen = view
    for _ in range(2):
        frozen = lesson.ranged(frozen)
    assert frozen.range == "0:1"
    unit = lesson.ranged(frozen)
    assert panel(lesson.scene(unit), Sweep).limits == (0, lesson.passing(view).p.max())


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"digits": "4a"}, 'digits "4a": found "a"; expected 0 to 9'),
        ({"digits": "1" * 31}, "31 of them; at most 30"),
        ({"apart": 15}, "apart 15; expected 16 to 40"),
        ({"columns": 31}, "columns 31; expected 32 to 1192"),
        ({"line": -1}, "line -1; expected 0 to"),
        ({"data": "cifar10"}, "lines are of digits: strokes or mnist"),
        ({"data": "mnits"}, "did you mean mnist?"),
    ],
)
def test_a_wrong_setting_is_told(lesson, settings, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        lesson.settled(replace(FIRST, **settings))


def test_without_mnist_lines_are_of_strokes_and_there_is_a_hint(lesson, monkeypatch, tmp_path):
    monkeypatch.delenv("TUICONV_DATA_DIR", raising=False)
    monkeypatch.setattr("tuiconv.data.load.user_data_path", lambda name: tmp_path)
    view = lesson.settled(DynamicView(show="line"))
    assert view.data == "strokes"
    with pytest.raises(ValueError, match="tuiconv data get mnist"):
        moves.next_data(lesson, view)


def test_most_lines_of_stroke_digits_are_read_right(net, digits):
    passings = (Passing(net, write_line(digits, "", seed, 28, None)) for seed in range(20))
    assert sum(each.text == each.line.text for each in passings) >= 14


@pytest.mark.mnist
@pytest.mark.parametrize(("apart", "right"), [(20, 90), (28, 90)])
def test_lines_of_five_digits_of_mnist_are_read_right_in_a_single_pass(net, mnist, apart, right):
    passings = (Passing(net, write_line(mnist.test, "", seed, apart, None)) for seed in range(100))
    assert sum(each.text == each.line.text for each in passings) >= right
