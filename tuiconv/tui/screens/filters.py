"""Filters: a picture before and after, its pixels one by one, and how each comes about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message

from tuiconv.errors import printable
from tuiconv.lessons.filters_view import FIRST, SHOWN, FiltersView
from tuiconv.tui.messages import FileWritten
from tuiconv.tui.screens.lesson import LessonScreen
from tuiconv.tui.screens.lesson_keys import ARROWS
from tuiconv.tui.screens.picture_file import PictureScreen
from tuiconv.tui.screens.save_picture import SavePictureScreen
from tuiconv.tui.widgets.scene_view import SceneView

if TYPE_CHECKING:
    from tuiconv.lessons.filters_lesson import FiltersLesson
    from tuiconv.lessons.lesson import Lesson

PEAK = (44, 23)
"""The pixel of the program's own picture that is pointed at first: there is an edge."""
FAR = 8
"""Pixels, or filters of the list, that shift and an arrow key go on by."""


class FiltersScreen(LessonScreen[FiltersView]):
    """The arrow keys choose a filter, a number of its kernel or, further in, a pixel."""

    NAME = "filters"
    HEADING = "Filters"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", "edit", "Kernel", id="edit", tooltip="The numbers of the kernel, to change."),
        Binding(
            "o",
            "open",
            "Open",
            id="open",
            tooltip="Opens a picture; so does dropping a file on the terminal.",
        ),
        Binding("s", "save", "Save", id="save", tooltip="Saves what came out, in full size."),
        Binding(
            "t",
            "show_next",
            "Show",
            id="show",
            tooltip="Both pictures, only the one before or after, what has changed, or the kernel.",
        ),
        Binding(
            "e",
            "write_filter",
            "Edit",
            id="write-filter",
            tooltip='Writes the filters: names with numbers, kernels, "|" between them.',
        ),
        Binding(
            "plus,equals_sign",
            "set(1)",
            "Change",
            id="more",
            key_display="+ -",
            tooltip="Changes what stands in brackets.",
        ),
        Binding("minus", "set(-1)", "Change", id="less", show=False),
        Binding(
            "full_stop",
            "setting(1)",
            "Setting",
            id="next-setting",
            key_display=", .",
            tooltip="Chooses what + and − change: the filter's numbers, a weight, edge, range, …",
        ),
        Binding("comma", "setting(-1)", "Setting", id="previous-setting", show=False),
        Binding("a", "chain('lengthened')", "Add", id="add", tooltip="Another filter behind it."),
        Binding(
            "x",
            "chain('shortened')",
            "Remove",
            id="remove",
            tooltip="Takes the last of several filters off.",
        ),
        *(
            Binding(
                f"shift+{key}",
                f"move({FAR * rows}, {FAR * columns})",
                "Far",
                id=f"far_{key}",
                show=key == "up",
                key_display="shift+←↑↓→",
                tooltip=f"Moves {FAR} times as far.",
            )
            for key, rows, columns in ARROWS
        ),
    ]

    @dataclass
    class Filtered(Message):
        """A large picture is filtered, of which a preview is shown."""

    @dataclass
    class Named(Message):
        """What comes out has a name to be saved by."""

        name: str

    def first_view(self) -> FiltersView:
        return replace(FIRST, pixel=PEAK)

    def make_lesson(self, view: FiltersView) -> "FiltersLesson":
        # It comes with Numba, for which the first paint does not wait.
        from tuiconv.lessons.filters_lesson import FiltersLesson

        return FiltersLesson(ready=lambda: self.post_message(self.Filtered()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "chain" and parameters == ("shortened",):
            return "|" in self.view.filter
        return super().check_action(action, parameters)

    @on(Filtered)
    def show_filtered(self) -> None:
        """All of it instead of the preview, if that is still what is looked at."""
        self.ask(lambda lesson: None)

    @on(SceneView.Hovered)
    def point_with_mouse(self, event: SceneView.Hovered) -> None:
        """What the mouse is over is pointed at where single pixels are seen."""
        if self.shown is not None and self.shown.view.depth == "map":
            self.follow(
                lambda lesson, view: (
                    lesson.pointed(view, event.key, event.index) if view.depth == "map" else view
                )
            )

    def action_edit(self) -> None:
        """The kernel's numbers in the place of the list, and back."""
        self.change(lambda lesson, view: replace(view, edit=not view.edit, setting=""))

    def action_setting(self, step: int) -> None:
        """Choose what + and − change."""

        def change(lesson: "Lesson[FiltersView]", view: FiltersView) -> FiltersView:
            from tuiconv.lessons.filters_settings import next_setting

            return next_setting(view, step)

        self.change(change)

    def action_set(self, step: int) -> None:
        """Change it."""

        def change(lesson: "Lesson[FiltersView]", view: FiltersView) -> FiltersView:
            from tuiconv.lessons.filters_settings import changed

            return changed(view, step)

        self.change(change)

    def action_chain(self, how: Literal["lengthened", "shortened"]) -> None:
        """A filter more, or less."""

        def change(lesson: "Lesson[FiltersView]", view: FiltersView) -> FiltersView:
            from tuiconv.lessons import filters_settings

            of_view = {
                "lengthened": filters_settings.lengthened,
                "shortened": filters_settings.shortened,
            }
            return of_view[how](view)

        self.change(change)

    def action_open(self) -> None:
        """Choose a picture, to begin with from the folder of the one there is."""
        folder = Path(self.view.image).parent if self.view.image else Path()
        self.app.push_screen(PictureScreen(folder), self.open_picture)

    def on_paste(self, event: events.Paste) -> None:
        """A file that is dropped on the terminal comes as its path."""
        event.stop()

        def dropped() -> str:
            from tuiconv.lessons.filters_files import path_in

            return path_in(event.text)

        self.open_by(dropped)

    def open_picture(self, path: str | None) -> None:
        """Open what was chosen, if anything was."""
        if path is not None:
            self.open_by(lambda: path)

    def open_by(self, path: Callable[[], str]) -> None:
        """Have the compute thread read a picture; what is shown stays where that fails."""

        def change(lesson: "Lesson[FiltersView]", view: FiltersView) -> FiltersView:
            return replace(view, image=path(), pixel=None, depth="overview")

        self.heading = f"{self.HEADING} · reading the picture …"
        self.change(change)

    def action_save(self) -> None:
        """Ask for a name."""

        def named(lesson: "Lesson[FiltersView]", view: FiltersView) -> FiltersScreen.Named:
            from tuiconv.lessons.filters_files import suggested

            return self.Named(suggested(view))

        self.tell(named)

    @on(Named)
    def ask_for_name(self, event: Named) -> None:
        """Where the picture is to be saved."""
        if self.is_current:
            self.app.push_screen(SavePictureScreen(event.name), self.save)

    def save(self, path: Path | None) -> None:
        """Have the compute thread filter all of the picture, and write it."""
        if path is None:
            return

        def saved(lesson: "Lesson[FiltersView]", view: FiltersView) -> FileWritten:
            from tuiconv.lessons.filters_files import save

            return FileWritten(path.resolve(), save(view, path))

        self.heading = f"{self.HEADING} · saving {printable(path.name)} …"
        self.write(saved)
        self.ask(lambda lesson: None)  # then what is shown is told on top again

    def action_write_filter(self) -> None:
        self.write_in("filter", "filters")

    def action_show_next(self) -> None:
        """Both pictures, or one of them, what has changed, or the kernel."""
        self.change(
            lambda lesson, view: replace(view, show=SHOWN[SHOWN.index(view.show) + 1 - len(SHOWN)])
        )
