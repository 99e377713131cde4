"""Draw: a digit drawn by mouse or keys, and read while it is drawn."""

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tuiconv.lessons.draw.view import DrawView
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.screens.lesson_keys import ARROWS
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from tuiconv.lessons.draw.lesson import DrawLesson
    from tuiconv.lessons.lesson import Lesson
    from tuiconv.render.drawing import Place


class DrawScreen(LessonScreen[DrawView]):
    """Arrow keys and mouse move the pen or, where one is chosen, a stroke."""

    NAME = "draw"
    HEADING = "Draw"
    MOVES = "tuiconv.lessons.draw.moves"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "space",
            "go('pen_turned')",
            "Pen",
            id="pen",
            tooltip="Puts the pen down, to draw with the arrow keys, or lifts it.",
        ),
        *(
            Binding(
                f"shift+{key}",
                f"go('far', {rows}, {columns})",
                "Far",
                id=f"far-{key}",
                show=key == "up",
                key_display="shift+←↑↓→",
                tooltip="Moves the pen, or the chosen stroke, by four pixels.",
            )
            for key, rows, columns in ARROWS
        ),
        Binding(
            "u,backspace",
            "go('taken_back')",
            "Undo",
            id="undo",
            key_display="u",
            tooltip="Takes the last stroke away, or the chosen one; [ undoes single steps.",
        ),
        Binding("x", "go('cleared')", "Clear", id="clear", tooltip="An empty canvas."),
        Binding(
            "n",
            "go('next_template', 1)",
            "Digit",
            id="next",
            key_display="n N",
            tooltip="A digit to begin with, of which strokes can be moved: the next, or the one"
            " before.",
        ),
        Binding("N", "go('next_template', -1)", "Digit", id="previous", show=False),
        Binding(
            "s",
            "go('next_stroke')",
            "Stroke",
            id="stroke",
            tooltip="Chooses a stroke that the arrow keys and the mouse move; behind the last one"
            " they draw again.",
        ),
        Binding(
            "plus,equals_sign",
            "go('thicker', 1)",
            "Pen width",
            id="thicker",
            key_display="+ -",
            tooltip="A broader pen, or a thinner one, for all strokes.",
        ),
        Binding("minus", "go('thicker', -1)", "Pen width", id="thinner", show=False),
        Binding(
            "full_stop",
            "go('next_layer', 1)",
            "Layer",
            id="layer",
            key_display=", .",
            tooltip="Chooses the layer that Enter opens.",
        ),
        Binding("comma", "go('next_layer', -1)", "Layer", id="layer-before", show=False),
        Binding(
            "t",
            "go('next_map', 1)",
            "Map",
            id="map",
            key_display="t T",
            tooltip="Chooses the next map of that layer, or the one before.",
        ),
        Binding("T", "go('next_map', -1)", "Map", id="map-before", show=False),
        Binding(
            "e",
            "go('turned', 'effective')",
            "Effective",
            id="effective",
            tooltip="How strongly each pixel moves the unit under the cursor; again for back.",
        ),
        Binding(
            "g",
            "go('turned', 'reached')",
            "Reach",
            id="reached",
            tooltip="What depends on the unit under the cursor; again for what it depends on.",
        ),
        Binding("m", "go('next_model')", "Model", id="model", tooltip="The next network."),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pressed = self.views
        """As they were when the mouse was pressed; the compute thread's, as the next two."""
        self._held = self.views.now
        """What the press made of the view."""
        self._from: Place = (0.0, 0.0)

    def first_view(self) -> DrawView:
        return DrawView()

    def make_lesson(self, view: DrawView) -> "DrawLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.draw.lesson import DrawLesson

        return DrawLesson()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The fields of a unit are those of a map; the others are about drawing."""
        if self.shown is not None and action == "go" and parameters[0] == "turned":
            return self.shown.view.depth == "map"
        return super().check_action(action, parameters)

    @on(SceneView.Dragged)
    def drag(self, event: SceneView.Dragged) -> None:
        """Draw, or move the stroke, as far as the mouse went: all of it is one step of history."""
        if event.key != "canvas" or event.place is None:
            return
        at = event.place

        def job(lesson: "Lesson[DrawView]") -> None:
            if event.begins:
                self._pressed, self._from = self.views, at
                view = self._held = self.going("pressed", at)(lesson, self.view)
            elif self._held.stroke is None:
                view = self.going("drawn_to", at)(lesson, self.view)
            else:
                by = (at[0] - self._from[0], at[1] - self._from[1])
                view = self.going("stroke_moved", *by)(lesson, self._held)
            self.views = self._pressed.on_to(lesson.settled(view))

        self.ask(job)
