from tuiconv.tui.history import MOST, History


def test_back_and_forward_go_where_one_was():
    history = History("a").on_to("b").on_to("c")
    assert history.back().now == "b"
    assert history.back().back().now == "a"
    assert history.back().back().forward().forward() == history


def test_at_an_end_there_is_no_further():
    history = History("a").on_to("b")
    assert history.forward() == history
    assert history.back().back() == history.back()


def test_going_on_from_an_earlier_view_forgets_what_came_after_it():
    history = History("a").on_to("b").back().on_to("c")
    assert history == History("c", past=("a",))


def test_the_same_view_again_is_no_step():
    history = History("a").on_to("b").back()
    assert history.on_to("a") == history


def test_no_more_than_so_many_views_are_kept():
    history = History(0)
    for view in range(1, MOST + 10):
        history = history.on_to(view)
    assert len(history.past) == MOST
    assert history.past[0] == 9
