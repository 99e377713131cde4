"""Network: a trained network from inside, on one image."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tuiconv.lessons.network.view import NetworkView
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.screens.lesson_keys import ARROWS

if TYPE_CHECKING:
    from tuiconv.lessons.network.lesson import NetworkLesson


class NetworkScreen(LessonScreen[NetworkView]):
    """The arrow keys choose a layer and one of its maps and, further in, a unit."""

    NAME = "network"
    HEADING = "Network"
    MOVES = "tuiconv.lessons.network.moves"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "n",
            "go('next_image', 1)",
            "Image",
            id="next",
            key_display="n N",
            tooltip="The next image, or the one before.",
        ),
        Binding("N", "go('next_image', -1)", "Image", id="previous", show=False),
        Binding(
            "x",
            "go('only_wrong')",
            "Wrong",
            id="wrong",
            tooltip="Only images that are read wrong; again for all.",
        ),
        Binding(
            "t",
            "go('next_shown')",
            "Show",
            id="show",
            tooltip="What the maps are: activations, weights or gradients.",
        ),
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
        Binding(
            "o",
            "go('noisier', 1)",
            "Noise",
            id="noise",
            key_display="o O",
            tooltip="More noise on the image, or less.",
        ),
        Binding("O", "go('noisier', -1)", "Noise", id="less-noise", show=False),
        Binding(
            "i",
            "go('occluded')",
            "Occlude",
            id="occlude",
            tooltip="Makes a square of the image black where the unit under the cursor looks.",
        ),
        *(
            Binding(
                f"shift+{key}",
                f"go('shifted', {rows}, {columns})",
                "Shift",
                id=f"shift-{key}",
                show=key == "up",
                key_display="shift+←↑↓→",
                tooltip="Moves the image by a pixel.",
            )
            for key, rows, columns in ARROWS
        ),
        Binding(
            "d", "go('next_data')", "Data", id="data", tooltip="The next data set that is here."
        ),
        Binding("m", "go('next_model')", "Model", id="model", tooltip="The next network."),
    ]

    def first_view(self) -> NetworkView:
        return NetworkView()

    def make_lesson(self, view: NetworkView) -> "NetworkLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.network.lesson import NetworkLesson

        return NetworkLesson()
