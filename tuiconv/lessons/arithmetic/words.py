"""What the Arithmetic screen says of itself."""

from typing import Final

OVERVIEW: Final = (
    "A network is a line of text: its layers one behind the other, INPUT first. e opens the line to"
    " write in; the table follows every letter. Where the text goes wrong a caret stands below the"
    " place, and below that what was expected. m and M take the next and the previous network that"
    " has a name; such a name can be written as well.",
    "↑ and ↓ choose a layer, with Shift ten at a time; Enter opens it. Beside or below the table"
    " stand its formulas, and what one of its units sees of the input. In the table the"
    " column learns has its parameters, multiply-adds what it costs for one image, sees on how many"
    " pixels of the input one of its units depends, jump how many pixels lie between two units,"
    " activations how many numbers are kept for backpropagation.",
    "Below stands the memory. comma and full stop choose the batch, the bytes of a number or the"
    " optimiser, + and − change it. Activations grow with the batch, parameters do not; training"
    " keeps a gradient for every number, and what the optimiser remembers.",
    "o lets you write a second network, to be compared with the first; leave it empty for none. x"
    " sets an exercise: a lecture's network with two faults that arithmetic finds.",
)
COMPARE: Final = (
    "Two networks: layers of one role and one size stand beside each other. ≠ stands between two"
    " that are not the same. B / A says how many times as much B has.",
    "↑ and ↓ choose a layer of A, Enter opens it. e writes in A, o in B; with an empty B there is"
    " A alone again.",
)
MAP: Final = (
    "The chosen layer with its arithmetic. The arrow keys move a unit over its maps, with Shift ten"
    " at a time, or click on the image: what the unit sees in each layer before is drawn on the"
    " input, each layer with the letter that stands in the table. Outside of the frame is padding.",
    "A unit sees the same place in all maps of a layer. Units of a vector all see the same.",
    "Enter works out one of the layer's numbers term by term, t chooses which. Escape goes back to"
    " all layers.",
)
NUMBER: Final = (
    "One number of a layer, term by term: every line has a formula with its numbers, and what it"
    " comes to; later lines use earlier ones. ← and → choose the number: the size of what leaves,"
    " the parameters, the multiply-adds, the memory, or what a unit sees. ↑ and ↓ go to another"
    " layer.",
)
