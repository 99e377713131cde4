from tuiconv.arithmetic import summarize
from tuiconv.lessons.arithmetic.reading import LISTING, TEXTS
from tuiconv.lessons.scene import Table
from tuiconv.tui.widgets.entry_line import Entry, EntryLine


async def test_from_the_table_to_a_layer_to_a_number_and_back_by_keys_alone(explore):
    async with explore() as learner:
        scene = await learner.scene("5")
        assert scene.title.startswith("lenet5: 61,706 parameters, 416,520 multiply-adds")
        assert "▶ conv1" in "\n".join(learner.lines)

        await learner.scene("shift+down", "shift+up", "down", "down", "down")
        assert any(line.startswith("▶ conv2") for line in learner.lines)
        scene = await learner.scene("full_stop", "comma", "plus", "plus")
        assert "memory for ▸batch 4◂" in scene.title
        scene = await learner.scene("enter")
        assert scene.path == ("conv2",)
        before = learner.lines
        await learner.scene("left", "shift+up")
        assert learner.shown.view.unit == (0, 4)
        assert learner.lines != before
        assert "floor((14 + 2·0 − 5) /" in "\n".join(learner.lines)
        await learner.click("#scene", 4, 12)  # at the left edge of the input
        row, column = learner.shown.view.unit
        assert (row > 0, column) == (True, 0)

        scene = await learner.scene("enter")
        assert scene.path == ("conv2", "size")
        scene = await learner.scene("t", "right")
        assert scene.path == ("conv2", "multiply-adds")
        assert "240,000" in "\n".join(learner.lines)
        await learner.scene("escape", "escape", "m", "o", *"mlp2", "enter")
        assert learner.lines[0] == "A is lecture-lenet, B is mlp2"
        assert learner.command == (
            "tuiconv show arithmetic --net=lecture-lenet --other=mlp2 --layer=conv1 --unit=14,14"
            " --number=multiply-adds --batch=4"
        )


async def test_the_lectures_faults_are_found_and_mended_letter_by_letter(explore):
    async with explore() as learner:
        scene = await learner.scene("5", "e", "ctrl+a", "escape", "x")
        assert learner.shown.view.net == LISTING
        assert learner.lines[0] == "lecture-listing does not fit"
        assert ("maps", "20", "50", "✗") in rows(scene)

        await learner.press("e")
        text = TEXTS[LISTING]
        entry = learner.app.screen.query_one(Entry)
        assert entry.value == text
        entry.cursor_position = text.rindex("20,5) -> RELU")
        await learner.press("delete")
        assert "conv2 is CONV(0,5)" not in "\n".join(learner.lines)
        (number,) = (n for n, line in enumerate(learner.lines) if line.strip() == "▲")
        caret = learner.lines[number].index("▲")
        assert learner.lines[number - 1][caret:].startswith("0,5) -> RELU")
        assert "expected channels of at least 1" in " ".join(" ".join(learner.lines).split())
        await learner.press("5")
        assert ("rows × columns", "5×5", "4×4", "✗") in rows(learner.shown.scene)

        entry.cursor_position = text.index("4,4) -> FC")
        await learner.press(*["delete"] * 3, *"5,5", "enter")
        assert not learner.app.screen.query(EntryLine)
        assert any(panel.title == "exercise: right!" for panel in learner.shown.scene.leaves)
        repaired = summarize("lecture-lenet").totals.parameters
        assert learner.shown.scene.title.startswith(f"your network: {repaired:,} parameters")

        await learner.press("left_square_bracket")
        assert learner.shown.view.net == TEXTS[LISTING]  # all letters were one step


def rows(scene):
    return [row for panel in scene.leaves if isinstance(panel, Table) for row in panel.rows]
