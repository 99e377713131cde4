"""Panels with nothing in them, of which only the title can be drawn."""

from tuiconv.lessons.scene import (
    Bars,
    Columns,
    Confusion,
    Map,
    Maps,
    Numbers,
    Panel,
    Pixels,
    Signed,
    Table,
    Text,
)


def told(part: Panel | Columns) -> Panel | Columns:
    """The part, in which panels with nothing in them say so."""
    if isinstance(part, Columns):
        return Columns(tuple(tuple(map(panel_told, panels)) for panels in part.columns))
    return panel_told(part)


def panel_told(panel: Panel) -> Panel:
    """The panel, or one that says that there is nothing in it."""
    return Text(panel.title, ("nothing",)) if is_empty(panel) else panel


def is_empty(panel: Panel) -> bool:
    """Whether there is no number, row or label to draw."""
    match panel:
        case Pixels(pixels=held) | Maps(maps=held):
            return held.size == 0
        case Signed(values=held) | Map(values=held) | Numbers(values=held):
            return held.size == 0
        case Table(head=()) | Confusion(labels=()) | Bars(labels=()):
            return True
        case _:
            return False
