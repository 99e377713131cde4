"""The terms of a pixel in words, to be read aloud, and how their numbers are written."""

from collections.abc import Iterable, Iterator
from typing import Final

from tuiconv.images.ranges import Scale
from tuiconv.lessons.filter_terms import Channel, Term, Terms, WeightedSum

EXACT: Final = 9
"""Decimals that numbers are shown to, at most: rounding to a pixel looks at as many."""
SHORT: Final = 6
"""Decimals of values and products, of which there are many."""

NOISE: Final = 1e-10
"""What is less than this is noise of adding up."""


def terms_text(terms: Terms) -> list[str]:
    """The terms as sentences, in the order in which they are computed."""
    lines = [f"{title(terms)}.", *notes(terms)]
    for channel in terms.channels:
        for each in channel.sums:
            lines.append(f"Channel {heading(channel, each)}.")
            lines += [sentence(term, terms.scale.most) for term in each.terms]
        lines.append("; ".join(steps(channel, terms.scale)))
    return lines


def title(terms: Terms) -> str:
    """Which pixel it is, and after what; the kernels of some filters are called x and y, too."""
    return f"Pixel {terms.x},{terms.y} (column {terms.x}, row {terms.y}) after {terms.filter}"


def heading(channel: Channel, each: WeightedSum) -> str:
    """`R, kernel x, weights times 16`: what products are told next."""
    kernel = f", kernel {each.label}" if each.label else ""
    return channel.name + kernel + (f", weights times {each.divisor}" if each.divisor != 1 else "")


def sentence(term: Term, most: int) -> str:
    """`row 1, column 1: 12 times −1 is −12; sum so far −12`."""
    place = f"row {number(term.row)}, column {number(term.column)}"
    if term.source is None:
        place += ", beyond the border, black"
    elif not term.is_inside:
        row, column = term.source
        place += f", beyond the border, taken from row {row}, column {column}"
    if term.opacity < 1:
        alpha = round(term.opacity * most)
        place += f", colour {number(term.colour)} with alpha {alpha} of {most}"
    value, weight = number(term.value, SHORT), number(term.weight)
    product, running = number(term.product, SHORT), number(term.running, SHORT)
    return f"{place}: {value} times {weight} is {product}; sum so far {running}"


def products(each: WeightedSum, most: int) -> dict[str, list[str]]:
    """The numbers of a sum as the columns of a table by their headings, a text for every term."""
    terms = each.terms
    colours = {}
    if any(term.opacity < 1 for term in terms):
        colours = {
            "colour": number_column(term.colour for term in terms),
            "alpha": [str(round(term.opacity * most)) for term in terms],
        }
    return {
        **colours,
        "value": number_column((term.value for term in terms), SHORT),
        "weight": number_column(term.weight for term in terms),
        "product": number_column((term.product for term in terms), SHORT),
        "sum so far": number_column((term.running for term in terms), SHORT),
    }


def origin(term: Term) -> str:
    """`1, 0`, row and column of the pixel that stands there, or `black`; nothing for its own."""
    if term.is_inside:
        return ""
    return "black" if term.source is None else f"{term.source[0]}, {term.source[1]}"


def notes(terms: Terms) -> Iterator[str]:
    """What has to be known to read the numbers, in whole sentences."""
    if terms.filters_before:
        before = " | ".join(terms.filters_before)
        yield f"The values are the sums of {before}, neither rounded nor clamped."
    if terms.mode == "CMYK":
        yield "The numbers are light: 255 less the ink."
    all_terms, most = list(every_term(terms)), terms.scale.most
    if any(term.opacity < 1 for term in all_terms):
        yield (
            f"Where alpha is less than {most}, the colour in the middle stands in for the rest:"
            f" value = (alpha · colour + ({most} − alpha) · middle) / {most}."
        )
    if terms.alpha is not None:
        yield f"Alpha is {terms.alpha}, as in the middle of the window."
    short = (each for term in all_terms for each in (term.value, term.product, term.running))
    exact = (
        *(term.weight for term in all_terms),
        *(each for channel in terms.channels for each in (channel.sum, channel.scaled)),
        *(terms.scale.factor, terms.scale.offset),
    )
    if is_rounded(short, SHORT) or is_rounded(exact, EXACT):
        few = f"values, products and sums so far: {SHORT}"
        yield f"Shown to {EXACT} decimals ({few}), computed with all."


def every_term(terms: Terms) -> Iterator[Term]:
    """The terms of all channels."""
    for channel in terms.channels:
        for each in channel.sums:
            yield from each.terms


def steps(channel: Channel, how: Scale) -> Iterator[str]:
    """From the sums of products to what is stored: `sum 768 / 16 = 48`, `rounded 48` and so on."""
    yield ", ".join(map(sum_text, channel.sums))
    if channel.joined == "length":
        yield f"√(x² + y²) = {number(channel.sum)}"
    if channel.joined == "added":
        yield f"{' + '.join(each.label for each in channel.sums)} = {number(channel.sum)}"
    if how.magnitude:
        yield f"magnitude {number(channel.scaled)}"
    elif (how.factor, how.offset) != (1.0, 0.0):
        yield f"× {number(how.factor)}{plus(how.offset)} = {number(channel.scaled)}"
    yield f"rounded {number(channel.rounded)}"
    if channel.clamped != channel.rounded:
        yield f"clamped {channel.clamped}"
    yield f"stored {channel.stored}, difference {number(channel.difference)}"


def end(channel: Channel, terms: Terms) -> str:
    """`R: sum 768 / 16 = 48 → rounded 48 → stored 48, difference 0`."""
    return f"{channel.name}: {' → '.join(steps(channel, terms.scale))}"


def sum_text(each: WeightedSum) -> str:
    """`sum 768 / 16 + 10 = 58`, or only `sum 768`; `x = 768` if it is one of several."""
    text = f"{each.label} =" if each.label else "sum"
    text += f" {number(each.terms[-1].running)}"
    if each.divisor == 1 and not each.bias:
        return text
    divided = f" / {each.divisor}" if each.divisor != 1 else ""
    return f"{text}{divided}{plus(each.bias)} = {number(each.value)}"


def plus(value: float) -> str:
    """` + 10`, ` − 10` or nothing."""
    if not value:
        return ""
    return (" + " if value > 0 else " − ") + number(abs(value))


def number(value: float, decimals: int = EXACT) -> str:
    """`12`, `−0.25`: as many decimals as needed, but not more than `decimals`."""
    return number_column([value], decimals)[0]


def number_column(values: Iterable[float], decimals: int = EXACT) -> list[str]:
    """Numbers with as many decimals as one of them needs, so that they stand below each other."""
    values = list(values)
    shown = max(decimals_of(value, decimals) for value in values)
    return [written(value, shown) for value in values]


def decimals_of(value: float, most: int) -> int:
    """How many decimals a number has when it is rounded to `most`."""
    return len(f"{value:.{most}f}".partition(".")[2].rstrip("0"))


def written(value: float, decimals: int) -> str:
    """A number with so many decimals; a very large one with all digits that it has."""
    text = f"{round(value, decimals) + 0.0:.{decimals}f}" if abs(value) < 1e15 else f"{value:.15g}"
    return text.replace("-", "−")


def is_rounded(values: Iterable[float], decimals: int) -> bool:
    """Whether so many decimals are not all that one of the numbers has."""
    return any(abs(value - round(value, decimals)) > NOISE for value in values)
