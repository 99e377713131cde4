"""What every lesson can do: a view in, a scene out, and the ways from one view to the next."""

from typing import Protocol, TypeVar

from tuiconv.lessons.scene import Scene
from tuiconv.lessons.view import View

V = TypeVar("V", bound=View)


class Lesson(Protocol[V]):
    """A demonstration with all that it needs at hand, such as a network and digits.

    It belongs to the thread that computes. A view never changes: every move gives another one.
    """

    def settled(self, view: V) -> V:
        """The view with what was left open filled in, and what is out of bounds brought back.

        Raises:
            RequestError: it names something that there is not.
        """

    def counts(self, view: V) -> dict[str, tuple[int, ...]]:
        """How many there are of what a settled view counts from 0: images, maps, rows and columns.

        Returns:
            By the names of the view's fields.
        """

    def scene(self, view: V) -> Scene:
        """What a settled view shows."""

    def deeper(self, view: V) -> V:
        """One level further in: from the overview to a map, from a map to a number."""

    def outer(self, view: V) -> V:
        """One level back out; at the overview the view itself."""

    def moved(self, view: V, rows: int, columns: int) -> V:
        """What is pointed at moved by the arrow keys."""

    def pointed(self, view: V, key: str, index: tuple[int, ...]) -> V:
        """What is pointed at chosen by the mouse: a panel's key, and which map, row or number."""

    def ranged(self, view: V) -> V:
        """The next colour range: unit, layer, global, or frozen at what the scale is now."""
