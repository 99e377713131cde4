"""What the Draw screen says of itself."""

from typing import Final

OVERVIEW: Final = (
    "Draw a digit on the canvas: with the mouse, or with the keys. Space puts the pen down and"
    " lifts it, the arrow keys move it, with Shift by four pixels. u takes the last stroke back,"
    " [ a single step, x clears the canvas, + and - change how broad the pen is.",
    "The network never sees where you drew, nor how large: as MNIST's digits were, the ink is"
    " scaled until its longer side has 20 pixels, and moved until its centre of mass is in the"
    " middle. Both are shown. Then it goes through all layers, and the bars are the probabilities.",
    "n and N put a digit on the canvas that is made of strokes. The orange one (of letters o where"
    " there are no colours) moves: with the arrow keys, or drag it; s chooses another and, behind"
    " the last, the pen. What a stroke belongs to depends on where it stands: lower the bar of the"
    " 7, and it is a 4.",
    ", and . choose a layer, t and T one of its maps. Enter opens that map, and then a unit as its"
    " arithmetic; Escape comes back. m takes another network.",
)
EMPTY: Final = "Nothing is drawn yet: drag the mouse, or space and arrows."
