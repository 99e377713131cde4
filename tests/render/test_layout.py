import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuiconv.render.drawing import Drawing, Spot, below, beside
from tuiconv.render.layout import GAP, Need, Row, bands, column, columns, fixed, shares
from tuiconv.render.lines import text_line


def texts(drawing):
    return ["".join(segment.text for segment in line) for line in drawing.lines]


def drawn(sign, height):
    return Drawing([text_line(sign)] * height)


def flexible(sign, least, most):
    return Row(Need(least, most), lambda height: drawn(sign, min(max(height, least), most)))


@pytest.mark.parametrize(
    ("needs", "total", "found"),
    [
        ([(1, 9), (1, 9)], 10, [5, 5]),
        ([(1, 3), (1, 9)], 10, [3, 7]),  # what one does not need the other has
        ([(6, 9), (1, 9)], 8, [6, 2]),  # nobody gets less than the least
        ([(5, 5), (2, 9), (2, 9)], 15, [5, 5, 5]),
        ([(1, 2), (1, 2)], 10, [2, 2]),
        ([(4, 9), (4, 9)], 5, [4, 4]),
        ([], 5, []),
    ],
)
def test_a_total_is_shared_by_need(needs, total, found):
    assert shares([Need(*each) for each in needs], total) == found


needs_of = st.builds(
    lambda least, more: Need(least, least + more), st.integers(0, 20), st.integers(0, 40)
)


@settings(max_examples=40)
@given(st.lists(needs_of, max_size=6), st.integers(0, 200))
def test_shares_are_within_the_needs_and_use_up_the_total_where_it_is_wanted(needs, total):
    found = shares(needs, total)
    assert all(need.least <= share <= need.most for need, share in zip(needs, found, strict=True))
    least, most = sum(n.least for n in needs), sum(n.most for n in needs)
    if total >= least:
        assert sum(found) <= total
        # Nobody could have had more without another having less than a fair share.
        assert sum(found) >= min(total, most) - len(needs)


def test_rows_share_the_height_that_fixed_ones_leave():
    page = column([fixed(drawn("t", 2)), flexible("m", 2, 50), flexible("c", 3, 4)])
    assert page.need == Need(2 + 2 + 3 + 2, 2 + 50 + 4 + 2)
    assert "".join(text or "." for text in texts(page.draw(20))) == "tt." + "m" * 12 + ".cccc"


def test_blank_lines_are_left_out_if_all_fits_only_without():
    page = column([fixed(drawn("t", 2)), flexible("m", 4, 50)])
    assert texts(page.draw(7)) == [*"tt", "", *"mmmm"]
    assert texts(page.draw(6)) == [*"ttmmmm"]
    # It has to be scrolled anyway, and the map may take as much as can be seen well.
    assert texts(page.draw(5)) == [*"tt", "", *"mmmm"]


def test_columns_leave_out_their_own_blank_lines_with_the_page():
    side = column([fixed(drawn("a", 2)), fixed(drawn("b", 2))])
    page = column([fixed(drawn("t", 1)), columns([side, fixed(drawn("c", 1))], [3, 1])])
    assert [text.rstrip() for text in texts(page.draw(7))] == [
        "t",
        "",
        "a     c",
        "a",
        "",
        "b",
        "b",
    ]
    assert [text.rstrip() for text in texts(page.draw(5))] == ["t", "a     c", "a", "b", "b"]


def test_a_map_of_a_page_that_is_scrolled_anyway_is_large_enough_to_be_seen_well():
    page = column([fixed(drawn("t", 30)), flexible("m", 4, 50)])
    assert texts(page.draw(20)).count("m") == 12


@pytest.mark.parametrize(
    ("least", "width", "found"),
    [
        ([20, 20], 40 + GAP, [[0, 1]]),
        ([20, 20], 39 + GAP, [[0], [1]]),
        ([20, 20, 10], 40 + GAP, [[0, 1], [2]]),
        ([90, 20, 10], 40, [[0], [1, 2]]),
    ],
)
def test_columns_stand_beside_each_other_as_far_as_they_fit(least, width, found):
    assert bands([Need(each, 100) for each in least], width) == found


def test_drawings_keep_their_spots_wherever_they_are_put():
    spot = Spot(1, 0, 2, 1, "key", lambda across, down: (down, across))
    one = Drawing([text_line("abc"), text_line("def")], [spot], [range(1, 2)])
    assert one.at(1, 0) == ("key", (0, 0))
    assert one.at(2, 0) == ("key", (0, 1))
    assert one.at(3, 0) is one.at(0, 0) is one.at(1, 1) is None
    page = below([drawn("x", 3), beside([drawn("y", 1), one], [4, 3], 2)], gap=1)
    assert texts(page)[4:] == ["y     abc", "      def"]
    assert page.at(6 + 2, 4) == ("key", (0, 1))
    assert list(page.chosen) == [range(5, 6)]


def test_what_a_map_does_not_use_as_it_grows_in_steps_the_others_have():
    steps = Row(Need(4, 50), lambda height: drawn("m", height // 4 * 4), lambda h: h // 4 * 4)
    page = column([steps, flexible("c", 2, 50)])
    assert "".join(texts(page.draw(20))) == "m" * 8 + "c" * 11


def test_the_first_screen_is_shared_by_all_that_fits_it_and_the_rest_is_scrolled_to():
    texts_below = fixed(drawn("t", 9))
    page = column([fixed(drawn("h", 1)), flexible("m", 4, 50), flexible("c", 4, 6), texts_below])
    assert page.need.least == 1 + 4 + 4 + 9 + 3
    assert "".join(text or "." for text in texts(page.draw(17))) == (
        "h." + "m" * 8 + "." + "c" * 6 + "." + "t" * 9
    )
