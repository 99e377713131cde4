"""Convolution: a kernel slides over a grid of numbers, and every product is seen."""

from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.timer import Timer

from tuiconv.lessons.convolution.view import ConvolutionView
from tuiconv.tui.messages import SceneReady
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.screens.lesson_keys import ARROWS
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from tuiconv.lessons.convolution.lesson import ConvolutionLesson

PACE: Final = 0.6
"""Seconds that the window stays where it is, as it moves by itself."""
FAST: Final = 0.12
"""Where there are hundreds of outputs."""


class ConvolutionScreen(LessonScreen[ConvolutionView]):
    """The arrow keys, the mouse or time move the window."""

    NAME = "convolution"
    HEADING = "Convolution"
    MOVES = "tuiconv.lessons.convolution.moves"
    HOVERS = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space", "play", "Play", id="play", tooltip="The window moves by itself; or it stops."
        ),
        Binding(
            "t",
            "go('next_place')",
            "At",
            id="place",
            tooltip="Points at an output, at a weight, at an input.",
        ),
        Binding(
            "b",
            "go('turned')",
            "Backward",
            id="backward",
            tooltip="Shows the gradients; or the numbers again.",
        ),
        Binding(
            "n",
            "go('next_example', 1)",
            "Example",
            id="next",
            key_display="n N",
            tooltip="The next example, or the one before.",
        ),
        Binding("N", "go('next_example', -1)", "Example", id="previous", show=False),
        Binding(
            "full_stop",
            "go('chosen', 1)",
            "Setting",
            id="next-setting",
            key_display=", .",
            tooltip="Chooses what + and − change: the operation, kernel, stride, padding, …",
        ),
        Binding("comma", "go('chosen', -1)", "Setting", id="previous-setting", show=False),
        Binding(
            "plus,equals_sign",
            "go('changed', 1)",
            "Change",
            id="more",
            key_display="+ -",
            tooltip="Changes the chosen setting.",
        ),
        Binding("minus", "go('changed', -1)", "Change", id="less", show=False),
        Binding(
            "a",
            "go('next_axis')",
            "Axis",
            id="axis",
            tooltip="Whether + and − change rows and columns, or one of them.",
        ),
        Binding(
            "x", "go('as_first')", "Reset", id="reset", tooltip="The example with its own settings."
        ),
        *(
            Binding(
                f"shift+{key}",
                f"go('elsewhere', {rows}, {columns})",
                "Map",
                id=f"map-{key}",
                show=key == "up",
                key_display="shift+←↑↓→",
                tooltip="← and → choose the map of the output, ↑ and ↓ the channel of the input.",
            )
            for key, rows, columns in ARROWS
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._playing: Timer | None = None
        self._begun = 0
        """The number of the request that began it."""

    def first_view(self) -> ConvolutionView:
        return ConvolutionView()

    def make_lesson(self, view: ConvolutionView) -> "ConvolutionLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.convolution.lesson import ConvolutionLesson

        return ConvolutionLesson()

    def action_play(self) -> None:
        if self._playing is not None:
            self.pause()
            return
        self.change(self.going("begun"))
        self._begun = self._asked
        self._playing = self.set_interval(
            FAST if self.view.example == "filters" else PACE, self.slide
        )

    def slide(self) -> None:
        """The window goes on to the next output."""
        if self._on_screen:
            self.follow(self.going("slid"))

    def pause(self) -> None:
        """The window stays where it is."""
        if self._playing is not None:
            self._playing.stop()
            self._playing = None

    @on(SceneReady)
    def stop_at_the_end(self, event: SceneReady) -> None:
        """All outputs are written."""
        view = cast("ConvolutionView", event.view)
        if not view.so_far and event.number >= self._begun:
            self.pause()

    @on(SceneView.Hovered)
    @on(SceneView.Pointed)
    def stop_for_the_mouse(self) -> None:
        """What one points at is not to move on."""
        self.pause()
