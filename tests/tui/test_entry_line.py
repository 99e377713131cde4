from tuiconv.tui.widgets.entry_line import Entry, EntryLine


async def test_a_text_of_the_view_is_written_letter_by_letter(explore):
    async with explore() as learner:
        await learner.open("filters")
        first = learner.shown.view.filter
        learner.lesson_screen.write_in("filter", "filter")
        await learner.settle()
        entry = learner.app.screen.query_one(Entry)
        assert entry.value == first

        await learner.press("ctrl+u", *"sobel-")
        assert learner.shown.view.filter == "sobel"  # the last that was a filter
        told = learner.app.screen.query_one("#told").render()
        assert 'found "sobel-"; did you mean sobel-y?' in str(told)
        assert not learner.notices

        await learner.press("x")
        assert learner.shown.view.filter == "sobel-x"
        assert "enter keeps it" in str(learner.app.screen.query_one("#told").render())
        await learner.press("left", "left", "left", "q", "backspace")  # neither moves nor quits
        assert (entry.value, entry.cursor_position) == ("sobel-x", 4)

        await learner.press("escape")
        assert learner.shown.view.filter == first
        assert not learner.app.screen.query(EntryLine)

        learner.lesson_screen.write_in("filter", "filter")
        await learner.settle()
        await learner.press("ctrl+u", *"sobel-y", "enter")
        assert not learner.app.screen.query(EntryLine)
        assert learner.shown.view.filter == "sobel-y"
        assert learner.shown.view.depth == "overview"  # enter ended the writing, and no more
        await learner.press("left_square_bracket")
        assert learner.shown.view.filter == first  # all letters were one step


async def test_what_comes_before_the_line_is_laid_out_finds_it(explore):
    async with explore() as learner:
        await learner.open("filters")
        learner.lesson_screen.write_in("filter", "filter")
        entry = learner.lesson_screen.entry
        assert not entry.has_focus_within
        entry.begin_with("box-blur")
        entry.tell("no such filter")
        await learner.settle()
        await learner.computed()
        # with the scene comes what is looked at; nobody has written anything else
        assert learner.app.screen.query_one(Entry).value == learner.shown.view.filter == "sharpen"
