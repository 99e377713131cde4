import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tuiconv.errors import RequestError
from tuiconv.images.apply import apply_filter
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.pictures import PictureError
from tuiconv.lessons.filters_lesson import FiltersLesson, sample
from tuiconv.lessons.filters_view import SHOWN, FiltersView
from tuiconv.lessons.scene import Columns, Frame, Map, Numbers, Pixels, Signed, Table, Text

NINE = np.array([[10, 20, 30], [40, 50, 60], [70, 80, 90]], np.uint8)


@pytest.fixture
def nine(tmp_path) -> str:
    """A picture of nine grey pixels."""
    Image.fromarray(NINE).save(tmp_path / "nine.png")
    return str(tmp_path / "nine.png")


def shown(**view):
    """The scene of a view, and the view with what was left open."""
    lesson = FiltersLesson()
    settled = lesson.settled(FiltersView(**view))
    return lesson.scene(settled), settled


def panels(scene, kind):
    return [panel for panel in scene.leaves if isinstance(panel, kind)]


def test_the_mean_of_nine_pixels_is_written_out_as_their_sum_by_nine(nine):
    scene, view = shown(filter="box-blur", image=nine, depth="number")
    assert view.pixel == (1, 1)
    assert scene.path == ("box-blur", "pixel 1,1")
    values, weights, products = panels(scene, Numbers)
    assert values.values.tolist() == NINE.tolist()
    assert values.chosen == (1, 1)
    assert weights.values.tolist() == np.ones((3, 3)).tolist()
    assert products.values.tolist() == NINE.tolist()
    (ends,) = panels(scene, Text)
    assert ends.lines == ("grey: sum 450 / 9 = 50 → rounded 50 → stored 50, difference 0",)
    (table,) = panels(scene, Table)
    assert table.title == "grey, weights times 9"
    assert table.head == ("row", "column", "value", "× weight", "= product", "sum so far")
    assert table.rows[:2] == (("0", "0", "10", "1", "10", "10"), ("0", "1", "20", "1", "20", "30"))
    assert table.rows[-1] == ("2", "2", "90", "1", "90", "450")


def test_what_stands_beyond_the_border_is_told_with_the_pixel_it_comes_from(nine):
    scene, _ = shown(filter="box-blur", image=nine, depth="number", pixel=(0, 0))
    (table,) = panels(scene, Table)
    assert table.head[:3] == ("row", "column", "taken from")
    assert table.rows[0][:4] == ("−1", "−1", "1, 1", "50")
    assert table.rows[4][:4] == ("0", "0", "", "10")


def test_a_length_has_the_products_of_both_its_kernels(nine):
    scene, _ = shown(filter="sobel", image=nine, depth="number")
    assert [table.title for table in panels(scene, Table)] == ["grey, kernel x", "grey, kernel y"]
    assert [table.rows[-1][-1] for table in panels(scene, Table)] == ["80", "240"]
    (ends,) = panels(scene, Text)[:1]
    assert ends.lines[0].startswith("grey: x = 80, y = 240 → √(x² + y²) = 252.98221281")


def test_a_kernel_too_large_to_be_laid_out_has_its_products_in_a_table_only():
    scene, _ = shown(filter="gabor", depth="number")
    assert not panels(scene, Numbers)
    assert [len(table.rows) for table in panels(scene, Table)] == [625] * 3


def test_of_several_filters_the_last_sees_the_sums_of_the_others(nine):
    scene, _ = shown(filter="box-blur | edge-4", image=nine, depth="number")
    text = " ".join(line for panel in panels(scene, Text) for line in panel.lines)
    assert "The values are the sums of box-blur, neither rounded nor clamped." in text
    assert panels(scene, Numbers)[0].values[1, 1] == 50


@settings(deadline=None, max_examples=15)
@given(st.sampled_from([*FILTERS, "gaussian(2) | emboss"]), st.integers(0, 95), st.integers(0, 63))
def test_the_last_line_of_every_sum_ends_in_what_the_filtered_picture_stores(name, x, y):
    scene = FiltersLesson().scene(FiltersView(name, pixel=(x, y), depth="number"))
    stored = apply_filter(sample().pixels, name)[y, x]
    ends = next(panel for panel in panels(scene, Text) if panel.title.startswith("from the sums"))
    told = [line.split("stored ")[1] for line in ends.lines]
    assert told == [f"{number}, difference 0" for number in stored]


def test_the_overview_lists_all_filters_with_the_chosen_one_marked():
    scene, _ = shown(filter="emboss")
    (table,) = panels(scene, Table)
    assert [row[0] for row in table.rows] == list(FILTERS)
    assert table.rows[table.chosen][0] == "emboss"
    assert scene.title.startswith("emboss: ")
    assert scene.path == ()


def test_the_overview_has_the_picture_before_and_after_the_kernel_and_the_result():
    scene, _ = shown(filter="sharpen")
    before, after = panels(scene, Pixels)
    assert np.array_equal(before.pixels, sample().pixels)
    assert np.array_equal(after.pixels, apply_filter(sample().pixels, "sharpen"))
    assert [panel.title for panel in panels(scene, Text)] == [
        "sample 96×64 RGB, [edge reflect], stored auto",
        "kernel",
        "result",
    ]


def test_of_several_filters_the_last_is_marked_in_the_list_and_the_arrows_change_that():
    lesson, view = FiltersLesson(), FiltersView("sobel-x | gaussian(2)")
    names = list(FILTERS)
    assert names[panels(lesson.scene(view), Table)[0].chosen] == "gaussian"
    following = names[names.index("gaussian") + 1]
    assert lesson.moved(view, 1, 0).filter == f"sobel-x | {following}"
    own = FiltersView("sobel-x | [1 2 1]/4")
    assert panels(lesson.scene(own), Table)[0].chosen is None
    assert lesson.moved(own, 1, 0).filter == f"sobel-x | {names[0]}"


@pytest.mark.parametrize("show", SHOWN)
@pytest.mark.parametrize("depth", ["overview", "map", "number"])
def test_every_thing_to_be_shown_has_panels_at_every_depth(nine, show, depth):
    for name in ("identity", "edge-8", "sobel"):
        scene, _ = shown(filter=name, image=nine, show=show, depth=depth)
        assert scene.leaves
        assert scene.help
        assert scene.code == ("filter2d",)


def test_the_arrows_go_through_the_list_and_stop_at_its_ends():
    lesson, names = FiltersLesson(), list(FILTERS)
    view = FiltersView(names[0])
    assert lesson.moved(view, 1, 0).filter == names[1]
    assert lesson.moved(view, 0, 1).filter == names[1]
    assert lesson.moved(view, -1, 0).filter == names[0]
    assert lesson.moved(view, 99, 0).filter == names[-1]


def test_further_in_the_arrows_move_the_pixel_and_stop_at_the_border(nine):
    lesson = FiltersLesson()
    view = lesson.settled(FiltersView(image=nine, depth="map"))
    assert lesson.settled(lesson.moved(view, 1, 0)).pixel == (1, 2)
    assert lesson.settled(lesson.moved(view, 0, -1)).pixel == (0, 1)
    assert lesson.settled(lesson.moved(view, 9, -9)).pixel == (0, 2)


def test_enter_goes_in_and_escape_comes_out_one_level_at_a_time():
    lesson, view = FiltersLesson(), FiltersView()
    depths = []
    for step in (lesson.deeper, lesson.deeper, lesson.deeper, lesson.outer, lesson.outer) * 2:
        view = step(view)
        depths.append(view.depth)
    assert depths[:5] == ["map", "number", "number", "map", "overview"]
    assert lesson.outer(view) == view


@pytest.mark.parametrize("pixel", [(0, 0), (48, 32), (95, 63), (3, 60)])
@pytest.mark.parametrize("name", ["sharpen", "edge-8", "log", "motion-blur"])
def test_the_part_around_a_pixel_has_a_frame_on_it_and_before_on_what_its_kernel_sees(name, pixel):
    scene, _ = shown(filter=name, pixel=pixel, depth="map")
    before, after = panels(scene, Pixels | Map)
    (frame,) = after.frames
    assert frame.first == frame.last
    row, column = frame.first
    if isinstance(after, Pixels):
        filtered = apply_filter(sample().pixels, name)
        assert after.pixels[row, column].tolist() == filtered[pixel[1], pixel[0]].tolist()
    assert before.pixels[row, column].tolist() == sample().pixels[pixel[1], pixel[0]].tolist()
    down, across = (size // 2 for size in FILTERS[name].size)
    corners = Frame((row - down, column - across), (row + down, column + across))
    assert before.frames == (corners,)


def test_a_picture_smaller_than_the_part_is_shown_whole(nine):
    scene, _ = shown(image=nine, depth="map")
    assert panels(scene, Pixels)[0].pixels.tolist() == NINE.tolist()


def test_the_numbers_of_the_pixel_stand_below_the_map(nine):
    scene, _ = shown(filter="edge-8", image=nine, pixel=(2, 2), depth="map")
    table = panels(scene, Table)[0]
    # reflected about the edge pixels: 9 · 90 − (50 + 60 + 50 + 80 + 90 + 80 + 50 + 60 + 50)
    assert table.rows == (("before", "90"), ("sum", "240"), ("after", "240"))


def test_a_click_on_a_picture_goes_to_the_pixel_and_one_on_the_list_to_the_filter():
    lesson = FiltersLesson()
    view = lesson.settled(FiltersView())
    clicked = lesson.pointed(view, "after", (7, 90))
    assert (clicked.pixel, clicked.depth) == ((90, 7), "map")
    again = lesson.pointed(clicked, "before", (0, 24))
    # of 96×64 pixels, the part with 90,7 is 25×17 at 71,0
    assert again.pixel == (95, 0)
    assert lesson.pointed(view, "filters", (2,)).filter == list(FILTERS)[2]


def test_the_colour_range_goes_from_what_is_in_sight_to_all_sums_to_all_pixels_and_stays(nine):
    lesson = FiltersLesson()
    view = lesson.settled(FiltersView("edge-8", image=nine))
    limits = []
    for _ in range(5):
        limits.append(panels(lesson.scene(view), Signed)[0].limits)
        view = lesson.ranged(view)
    assert limits == [None, (-240, 240), (-255, 255), (-255, 255), None]


def test_the_range_of_a_difference_is_that_of_all_its_numbers(nine):
    lesson = FiltersLesson()
    view = lesson.settled(FiltersView("box-blur", image=nine, show="difference", range="layer"))
    (panel,) = panels(lesson.scene(view), Signed)
    # reflected about the edge pixels, the mean at the corners is 10 + 26.67 and 90 − 26.67
    assert panel.limits == (-27, 27)
    assert np.abs(panel.values).max() == 27


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ({"filter": "sharpn"}, "did you mean sharpen?"),
        ({"range": "3:2"}, "LOW below HIGH"),
        ({"range": "wide"}, "unit, layer, global"),
    ],
)
def test_what_there_is_not_is_refused(view, words):
    with pytest.raises(RequestError, match=words):
        shown(**view)


def test_a_missing_picture_is_told():
    with pytest.raises(PictureError, match=r"none\.png"):
        shown(image="none.png")


@pytest.mark.parametrize(("show", "pictures"), [("both", 2), ("after", 1), ("kernel", 1)])
def test_the_overview_has_the_list_beside_as_many_pictures_as_are_asked_for(show, pictures):
    scene, _ = shown(show=show)
    (columns,) = (each for each in scene.panels if isinstance(each, Columns))
    assert [len(each) for each in columns.columns] == [1, pictures]
