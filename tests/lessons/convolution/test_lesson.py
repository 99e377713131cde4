from dataclasses import replace
from itertools import cycle, product

import numpy as np
import pytest

import tuiconv_kernels as kernels
from tuiconv.errors import RequestError
from tuiconv.lessons.convolution import moves
from tuiconv.lessons.convolution.lesson import ConvolutionLesson
from tuiconv.lessons.convolution.view import EXAMPLES, OPERATIONS, POOLS, ConvolutionView
from tuiconv.lessons.scene import Map, Maps, Numbers, Table
from tuiconv.render.depth import ColorDepth, Display
from tuiconv.render.scene import draw_scene
from tuiconv_kernels import jit

PLAIN = Display(ColorDepth.NONE)


@pytest.fixture
def lesson():
    return ConvolutionLesson()


@pytest.fixture
def scene(lesson):
    """The scene of a view with some fields."""
    return lambda **fields: lesson.scene(lesson.settled(ConvolutionView(**fields)))


def panels(scene, kind):
    return [panel for panel in scene.leaves if isinstance(panel, kind)]


def words(scene, width=80):
    """All that is drawn of a scene."""
    lines = draw_scene(scene, width, PLAIN).lines
    return "\n".join("".join(part.text for part in line).rstrip() for line in lines)


def test_the_lectures_example_gives_6_2_and_then_5_9_with_every_product(scene):
    first, then = scene(), scene(cell=(0, 1))
    assert first.title == (
        "output[0,0] = 0·0.2 + 2·0 + 2·0.4 + 1·0.1 + 8·0.3 + 7·0.2 + 3·0 + 6·0.1 + 9·0.1 = 6.2"
        " (float32: 6.2000003)"
    )
    assert then.title.endswith("+ 6·0 + 9·0.1 + 7·0.1 = 5.9")
    grid, kernel, output = panels(then, Numbers)
    assert grid.marked == tuple((row, column) for row in range(3) for column in (1, 2, 3))
    assert (
        kernel.values.tolist()
        == np.float32([[0.2, 0, 0.4], [0.1, 0.3, 0.2], [0, 0.1, 0.1]]).tolist()
    )
    assert output.chosen == (0, 1)
    assert "0  6.2 [5.9] 4.7  2.4  1.4" in words(then)
    assert "columns: floor((7 + 2·0 − 3) / 1) + 1 = 5" in words(then)
    assert "Both give 6.2 and 5.9" in words(then, 200)


def test_both_of_the_lectures_last_columns_give_the_same_two_numbers(scene):
    (grid, kernel, _) = panels(scene(), Numbers)
    other = grid.values.copy()
    other[:, -1], other[4, 2] = [0, 6, 4, 1, 4], 3
    sums = [
        (each[:3, at : at + 3] * kernel.values).sum()
        for each in (grid.values, other)
        for at in (0, 1)
    ]
    assert sums == pytest.approx([6.2, 5.9, 6.2, 5.9])


def test_columns_under_no_window_and_padding_are_told_apart(scene):
    shown = scene(stride=(2, 3), padding=(1, 0))
    (grid, *_) = panels(shown, Numbers)
    assert grid.origin == (-1, 0)
    assert set(grid.padding) == {(row, column) for row in (0, 6) for column in range(7)}
    assert set(grid.unreached) == {(row, 6) for row in range(1, 6)}
    assert "no window reaches column 6 of the input" in words(shown)
    assert "/0/" in words(shown)
    assert "( ) padding" in words(shown)
    assert "/ / under no window" in words(shown)


def test_an_output_line_by_line_ends_with_the_stored_number(scene):
    shown = scene(depth="number", cell=(0, 1), term=4)
    (table,) = panels(shown, Table)
    assert shown.title == "output[0,1] = 5.9"
    assert table.rows[4] == ("input[1,2]", "7", "· weight[1,1]", "0.3", "2.1", "3.3000002")
    assert table.rows[-1][-1] == "5.9"
    assert table.chosen == 4
    if jit.ENABLED:
        assert "equals the stored 5.9: difference 0" in words(shown)


def test_channels_are_added_up_after_the_bias(scene):
    shown = scene(example="channels", depth="map", cell=(1, 1), map=1, channel=2)
    (table,) = panels(shown, Table)
    assert [row[0] for row in table.rows] == ["bias", "channel 0", "channel 1", "channel 2"]
    assert float(table.rows[-1][-1]) == 5
    assert table.chosen == 3
    (grid, *_) = panels(scene(example="channels", depth="number"), Table)
    assert grid.rows[0] == ("bias", "", "", "", "", "1")


def test_eight_filters_make_eight_maps_of_24_by_24_of_a_digit(scene):
    shown = scene(example="filters", map=3)
    wall_of_kernels, wall = panels(shown, Maps)
    assert wall.maps.shape == (8, 24, 24)
    assert wall_of_kernels.maps.shape == (8, 5, 5)
    assert (wall.chosen, wall.key) == (3, "maps:0")
    digit, output = panels(shown, Map)
    assert digit.frames[0].last[0] - digit.frames[0].first[0] == 4
    assert output.values.tolist() == wall.maps[3].tolist()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("backward", [False, True])
def test_the_output_and_the_gradients_are_those_of_the_kernels(look_at, operation, backward):
    look = look_at(operation=operation, example="channels")
    made, spec = look.sliding, look.sliding.spec
    x, window = made.x[None], look.sliding.spec.window
    if operation in POOLS:
        name = {"lp": "lp_pool2d", "log-prob": "log_prob_pool2d"}.get(operation)
        numbers = {"lp": (2.0,), "log-prob": (1.0,)}.get(operation, ())
        name = name or ("max_pool2d" if operation == "max" else "avg_pool2d")
        given = (x, *numbers, window.kernel_size, window.stride)
    else:
        name = "conv_transpose2d" if operation == "transposed" else "conv2d"
        weight = made.layer.parameters["weight"]
        given = (x, weight, made.bias, window.stride, window.before)
    if not backward:
        assert np.array_equal(made.out, getattr(kernels, name)(*given)[0])
        return
    found = getattr(kernels, f"{name}_backward")(made.delta[None], *given)
    grad_x = found[0] if isinstance(found, tuple) else found
    assert np.array_equal(made.backward[0], grad_x[0])
    if isinstance(found, tuple):
        assert np.array_equal(made.backward[1]["weight"], found[1])
    assert spec.output == made.out.shape


def test_flipped_is_the_convolution_of_mathematics(look_at):
    turned, plain = look_at(operation="flipped"), look_at()
    assert np.array_equal(turned.sliding.weight[0, 0], plain.sliding.weight[0, 0, ::-1, ::-1])
    x, weight = plain.sliding.x[0], plain.sliding.weight[0, 0]
    by_hand = sum(x[2 - u, 2 - v] * weight[u, v] for u in range(3) for v in range(3))
    assert turned.sliding.out[0, 0, 0] == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"operation": "max"}, "output[0,0] = the largest of 4, that of row 1, column 1 = 8"),
        ({"operation": "average"}, "output[0,0] = 11 / 4 = 2.75"),
        (
            {"operation": "average", "padding": (1, 1)},
            "output[0,0] = 0 / 4, as 3 zeros of the padding count = 0",
        ),
        ({"operation": "lp", "power": 1.0}, "output[0,0] = 11^(1/1) = 11"),
        (
            {"operation": "lp", "cell": (1, 1)},
            "output[1,1] = 159^(1/2) = 12.6095 (float32: 12.60952)",
        ),
    ],
)
def test_a_pool_tells_its_formula_with_numbers(scene, fields, title):
    assert scene(**fields).title == title


def test_a_max_pool_shows_the_winner_to_which_the_whole_gradient_goes(scene):
    (window, *_) = panels(scene(operation="max", depth="map", cell=(1, 1)), Numbers)
    assert window.chosen == (0, 0)  # 9 of 9, 7, 5, 2
    (table,) = panels(scene(operation="max", backward=True, depth="number", cell=(1, 1)), Table)
    assert [row[1].split(" · ")[1] for row in table.rows] == ["1", "0", "0", "0"]


def test_log_prob_pooling_is_told_with_its_log(scene):
    shown = scene(operation="log-prob", depth="number", cell=(1, 1))
    assert "9 + log(1.15456) / 1" in shown.title
    (table,) = panels(shown, Table)
    assert table.rows[1] == ("input[2,3]", "7", "exp(1·7 − 1·9) = 0.135335", "1.13534")


def test_an_outputs_gradient_goes_to_inputs_by_weights_and_to_weights_by_inputs(scene):
    shown = scene(backward=True, cell=(1, 2), depth="number")
    (table,) = panels(shown, Table)
    assert table.rows[4] == ("input[2,3]", "2 · 0.3", "= 0.6", "weight[1,1]", "2 · 7", "= 14")
    grids = panels(scene(backward=True, cell=(1, 2), depth="map"), Numbers)
    assert grids[1].values[1, 1] == np.float32(0.6)
    assert grids[3].values.tolist() == [[14, 10, 4], [18, 14, 12], [10, 4, 8]]
    assert grids[1].origin == (1, 2)


def test_an_inputs_gradient_gathers_by_the_kernel_turned_half_round(scene):
    shown = scene(backward=True, at="input", cell=(2, 2), depth="map")
    deltas, weights, products, *_ = panels(shown, Numbers)
    assert "turned half round" in weights.title
    assert (
        weights.values.tolist()
        == np.float32([[0.1, 0.1, 0], [0.2, 0.3, 0.1], [0.4, 0, 0.2]]).tolist()
    )
    assert np.array_equal(products.values, deltas.values * weights.values)
    assert shown.title.endswith("= 1 (float32: 1.0000001)")


def test_playing_writes_one_output_after_the_other_and_then_all_are_there(lesson):
    view = moves.begun(lesson, lesson.settled(ConvolutionView()))
    counts = []
    while view.so_far:
        (*_, output) = panels(lesson.scene(view), Numbers)
        counts.append(len(output.unwritten))
        view = lesson.settled(moves.slid(lesson, view))
    assert counts == [*range(14, -1, -1)]
    assert view.cell == (2, 4)
    again = moves.begun(lesson, view)
    assert again.cell == (0, 0)


def test_the_cursor_goes_from_grid_to_grid_to_what_meets_it(lesson):
    view = lesson.settled(ConvolutionView(cell=(1, 2)))
    seen = []
    for _ in range(3):
        view = lesson.settled(moves.next_place(lesson, view))
        seen.append((view.at, view.cell))
    assert seen == [("weight", (0, 0)), ("input", (0, 0)), ("output", (0, 0))]
    pool = lesson.settled(replace(view, operation="max"))
    assert moves.next_place(lesson, pool).at == "input"


def test_what_the_mouse_is_over_is_pointed_at_and_padding_is_not(lesson):
    view = lesson.settled(ConvolutionView(padding=(1, 1)))
    assert lesson.pointed(view, "input:0", (0, 3)) == view
    over = lesson.settled(lesson.pointed(view, "input:0", (1, 3)))
    assert (over.at, over.cell) == ("input", (0, 2))
    over = lesson.settled(lesson.pointed(view, "weight:0,0", (2, 1)))
    assert (over.at, over.cell) == ("weight", (2, 1))
    over = lesson.settled(lesson.pointed(over, "output:0", (1, 1)))
    assert (over.at, over.cell) == ("output", (1, 1))


def test_every_operation_on_every_example_can_be_drawn_and_no_number_is_cut(lesson):
    places = cycle([("output", False), ("input", True), ("weight", False), ("output", True)])
    for example, operation in product(EXAMPLES, OPERATIONS):
        at, backward = next(places)
        view = ConvolutionView(example, operation, at=at, backward=backward, setting="stride")
        for depth in ("overview", "map", "number"):
            shown = lesson.scene(lesson.settled(replace(view, depth=depth)))
            drawing = draw_scene(shown, 78, PLAIN, 22)
            assert max(sum(len(part.text) for part in line) for line in drawing.lines) <= 78
            assert shown.help
            assert shown.code


def test_random_moves_lead_to_scenes_or_to_one_line_that_says_why_not(lesson):
    rng = np.random.default_rng(0)
    view = lesson.settled(ConvolutionView())
    ways = [
        *(lambda lesson, view, step=step: moves.changed(lesson, view, step) for step in (-1, 1, 1)),
        *(lambda lesson, view, step=step: moves.chosen(lesson, view, step) for step in (-1, 1)),
        lambda lesson, view: moves.next_example(lesson, view, 1),
        lambda lesson, view: moves.elsewhere(lesson, view, 1, -1),
        lambda lesson, view: lesson.moved(view, 1, 1),
        lambda lesson, view: lesson.moved(view, -1, 0),
        lambda lesson, view: lesson.deeper(view),
        lambda lesson, view: lesson.outer(view),
        lambda lesson, view: lesson.ranged(view),
        moves.next_place,
        moves.turned,
        moves.next_axis,
        moves.begun,
        moves.slid,
    ]
    refused = []
    for _ in range(150):
        way = ways[int(rng.integers(len(ways)))]
        try:
            view = lesson.settled(way(lesson, view))
        except RequestError as error:
            refused.append(str(error))
        assert lesson.scene(view).panels
        assert lesson.settled(view) == view
    assert len(refused) < 40
    assert all("\n" not in each for each in refused)
