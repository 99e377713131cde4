"""Networks that have a name, written in the layer-pattern language."""

from difflib import get_close_matches

from tuiconv.arithmetic.language import parse
from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.arithmetic.specs import Shape, SpecError
from tuiconv.arithmetic.zoo import imagenet, lenets, others, residual

PRESETS: dict[str, str] = lenets.PRESETS | others.PRESETS | imagenet.PRESETS | residual.PRESETS
"""The text of every network that has a name."""

NOTES: dict[str, str] = lenets.NOTES | others.NOTES | imagenet.NOTES | residual.NOTES
"""What a learner must know of a preset: where it is not what was published, and where a lecture
errs about it."""


def summarize(network: str, input: Shape | None = None) -> NetworkSpec:  # noqa: A002 - as in parse
    """The arithmetic of a preset (`lenet5`) or of a network in the pattern language.

    Args:
        network: the name or the text.
        input: the shape of the image instead of INPUT's, as for `parse`.

    Raises:
        SpecError: the text is neither; for a single word the nearest preset is named.
    """
    name = network.strip()
    if name in PRESETS:
        return parse(PRESETS[name], input)
    if len(name.split()) == 1 and all(sign not in name for sign in "()[]>→"):
        close = get_close_matches(name.lower(), PRESETS, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        raise SpecError(
            f'no preset is called "{name}": {hint}there are {", ".join(PRESETS)};'
            " or write a network, such as INPUT(1,32,32) -> FC(10) -> SOFTMAX"
        )
    return parse(network, input)
