"""The layer-pattern language: one line of text for a network.

INPUT(1,32,32) -> [CONV(6,5) -> RELU -> POOL(2)]*2 -> FC(10) -> SOFTMAX

net   = chain [ "with" NAME "=" NUMBER { "," NAME "=" NUMBER } ]
chain = item { "->" item }
item  = ( [ NAME ":" ] layer [ "?" ]  |  "[" chain "]" ) [ "*" ( NUMBER | NAME ) ]
layer = WORD [ "(" [ value { "," value } ] ")" ]  |  JOIN "[" [ chain ] { "|" [ chain ] } "]"
value = [ option "=" ] ( NUMBER | DECIMAL | "(" side "," side ")" )  |  option "=" NAME
side  = NUMBER | "(" NUMBER "," NUMBER ")"

A layer with "?" is there unless `with` gives its word, or its name, the number 0. What stands
behind # up to the end of the line is a comment.
"""

from tuiconv.arithmetic.building import build
from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.arithmetic.reading import read, show_items
from tuiconv.arithmetic.specs import Shape


def parse(text: str, input: Shape | None = None) -> NetworkSpec:  # noqa: A002 - the layer's name
    """Read a network in the layer-pattern language.

    Args:
        text: such as `INPUT(1,32,32) -> CONV(6,5) -> RELU -> POOL(2) -> FC(10) -> SOFTMAX`.
        input: the shape of the image, (channels, height, width) or (channels, length), instead of
            the one that INPUT gives; the text may then begin behind INPUT.

    Returns:
        The specs of its layers in order, every size worked out.

    Raises:
        SpecError: a ValueError that says at which character the text goes wrong and what was
            expected, or which layer does not fit what arrives.
    """
    return NetworkSpec(build(read(text), text, input))


def expand(text: str, **values: int) -> str:
    """A pattern with its repetitions written out, whether or not its layers have sizes.

    `INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC` is the pattern of most ConvNets
    (CS231n, "Layer patterns"); with N=1, M=1, K=0 and POOL=0 it is `INPUT -> CONV -> RELU -> FC`.

    Args:
        text: in the layer-pattern language.
        **values: numbers for its names, besides those that it gives itself after `with`.

    Raises:
        SpecError: says at which character the text goes wrong and what was expected.
    """
    return show_items(read(text, values))
