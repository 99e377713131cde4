"""The scenes of the network of one dimension: all its units, what one belongs to, one as a sum."""

from collections.abc import Iterator

from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.dynamic.pyramid import (
    AT_FIRST,
    FLAT,
    KERNELS,
    Pyramid,
    middle,
    network,
    units,
)
from tuiconv.lessons.dynamic.view import DynamicView
from tuiconv.lessons.network.digits import compared, exact, in_brackets
from tuiconv.lessons.scene import Columns, Diagram, Scene, Table, Text, UnitRow

HELP = (
    "Every sign is a unit, every line a connection. The inputs stand below; a convolution with"
    " kernels of three, a pool of two, and both once more lead up to the answers. A convolution has"
    " the same weights everywhere, so nothing in it depends on how many inputs there are.",
    "← and → take an input away and add one; with shift four, the overall stride: then there is"
    " exactly one answer more. Units that were not there with ten inputs have a colour and a sign"
    " of their own (◆). An empty circle (○) is a unit that no window reaches: the size formula"
    " rounds down. ↑ and ↓ choose a layer, whose formula is written out.",
    "In the second network the same layers end in FLATTEN and a full connection, which has a weight"
    " for each number that arrives: the first length with a second answer stops it. Without"
    " FLATTEN, a full connection is a convolution over all it was made for, and slides too.",
    "Enter, or a click on it, goes to one unit and what it sees and reaches, and then to its sum:"
    " the inputs are the digits of π, and the weights such that no number is rounded. t shows the"
    " same with LeNet-5 on a line of digits.",
)


def pyramid_scene(view: DynamicView) -> Scene:
    """What a settled view shows."""
    pyramid = Pyramid(view.length)
    makers = {"overview": overview, "map": one_unit, "number": one_sum}
    return makers[view.depth](view, pyramid)


def overview(view: DynamicView, pyramid: Pyramid) -> Scene:
    """All units, the chosen layer's formula, and both networks' fates."""
    return Scene(
        title(pyramid),
        (
            diagram(pyramid, view.layer, None),
            Columns(((sliding(pyramid),), (flat(pyramid),))),
            layer_text(pyramid, view.layer),
        ),
        help=HELP,
        code=("conv2d", "max_pool2d"),
    )


def title(pyramid: Pyramid) -> str:
    """`14 → 12 → 6 → 4 → 2`, and what that is more than ten inputs give."""
    counts = [units(layer) for layer in pyramid.spec]
    chain = " → ".join(map(str, counts))
    if len(pyramid.spec) < len(network().spec):
        return f"{chain}, and no further: {AT_FIRST} inputs are the fewest for an answer"
    if pyramid.length == AT_FIRST:
        return chain
    changes = ", ".join(change(pyramid, layer) for layer in pyramid.spec.layers[1:])
    verb = "input gives" if pyramid.length - AT_FIRST == 1 else "inputs give"
    return f"{chain}: {change(pyramid, pyramid.spec.layers[0])} {verb} {changes}"


def change(pyramid: Pyramid, layer: Spec) -> str:
    """`+4`: units of a layer that were not there with ten inputs, or that are missing."""
    more = units(layer) - units(network().spec.named(layer.name))
    return f"{more:+d}".replace("-", "−") if more else "±0"


def diagram(pyramid: Pyramid, layer: str, unit: int | None) -> Diagram:
    """All units; of a single one only what it sees and reaches in full."""
    marked = {} if unit is None else pyramid.seen(layer, unit)
    rows = [row_of(pyramid, each, marked.get(each.name)) for each in pyramid.spec]
    missing = network().spec.layers[len(rows) :]
    rows += [UnitRow(each.name, " 0", ()) for each in missing]
    return Diagram(
        "units",
        tuple(rows),
        ([each.name for each in network().spec].index(layer), unit),
        (f"with {AT_FIRST} inputs", "new", "under no window"),
        key="units",
    )


def row_of(pyramid: Pyramid, layer: Spec, marked: tuple[int, int] | None) -> UnitRow:
    """The units of a layer, what they see of the one before, and how many are new."""
    numbers = range(units(layer))
    is_input = layer is pyramid.spec.layers[0]
    changed = "" if pyramid.length == AT_FIRST else f" {change(pyramid, layer)}"
    return UnitRow(
        layer.name,
        f"{units(layer):>2}{changed}",
        tuple(middle(layer, unit) for unit in numbers),
        () if is_input else tuple(layer.sees(unit, unit, 1) for unit in numbers),
        old=units(network().spec.named(layer.name)),
        marked=marked,
    )


def layer_text(pyramid: Pyramid, name: str) -> Text:
    """The chosen layer: its size formula with numbers, and what a unit of it sees."""
    whole = network().spec.named(name)
    if name not in pyramid.spec.by_name:
        return Text(f"{name}: {whole}", (f"has no unit over {pyramid.length} inputs",))
    layer = pyramid.spec.named(name)
    if layer is pyramid.spec.layers[0]:
        return Text(f"{name}: {units(layer)} inputs", tuple(left_over(pyramid, name)))
    field = layer.receptive_field
    lines = [
        f"units: {layer.output_formula(1)}",
        f"each sees {field.cells[1]} inputs, the next {field.jump[1]} further on",
        *left_over(pyramid, name),
    ]
    return Text(f"{name}: {layer}", tuple(lines))


def left_over(pyramid: Pyramid, name: str) -> Iterator[str]:
    """How many of a layer's units no window of the next one reaches."""
    place = pyramid.place(name) + 1
    if place < len(pyramid.spec) and (count := pyramid.spec.layers[place].discarded[1]):
        following = pyramid.spec.layers[place].name
        yield f"{count} left over at the end (○): no window of {following} reaches it"


def sliding(pyramid: Pyramid) -> Text:
    """What becomes of the network that is convolutions and pools alone."""
    name = "conv and pool alone"
    if len(pyramid.spec) < len(network().spec):
        return Text(f"{name}: too short", (str(pyramid.fitting[1]),))
    last = pyramid.spec.layers[-1].receptive_field
    step, seen, count = int(last.jump[1]), last.cells[1], units(pyramid.spec.layers[-1])
    missing = step - (pyramid.length - seen) % step
    lines = (
        f"floor(({pyramid.length} − {seen}) / {step}) + 1 = {count}",
        f"overall stride {step}: next in {missing} input{'s' * (missing != 1)}",
        f"each answer sees {seen} inputs",
    )
    return Text(f"{name}: {count} answer{'s' * (count != 1)}", lines)


def flat(pyramid: Pyramid) -> Text:
    """What becomes of the network that ends in FLATTEN and a full connection."""
    name = f"then {FLAT}"
    if len(pyramid.spec) < len(network().spec):
        return Text(f"{name}: too short as well", ())
    count = units(pyramid.spec.layers[-1])
    expected = f"expects 1×1 = 1 number, 1×{count} = {count} arrive"
    if pyramid.flat_error is None:
        return Text(f"{name}: goes on", (expected.replace("arrive", "arrives"),))
    error = f"mat1 and mat2 shapes cannot be multiplied (1x{count} and 1x3)"
    return Text(f"{name}: stops", (expected, f"PyTorch: {error}"))


def one_unit(view: DynamicView, pyramid: Pyramid) -> Scene:
    """A unit, what it sees down to the inputs, and what it reaches."""
    layer = pyramid.spec.named(view.layer)
    seen = pyramid.seen(view.layer, view.unit)
    place = pyramid.place(view.layer)
    lines = []
    for at, each in enumerate(pyramid.spec):
        if each.name == view.layer:
            continue
        if each.name not in seen:
            lines.append(f"does not reach {each.name}")
            continue
        first, last = seen[each.name]
        verb = "sees" if at < place else "reaches"
        lines.append(f"{verb} {each.name}[{first}]" + (f" to [{last}]" if last > first else ""))
    value = exact(float(pyramid.values[place][view.unit]))
    return Scene(
        f"{view.layer}[{view.unit}] = {value}: {layer}, unit {view.unit} of 0 to"
        f" {units(layer) - 1}",
        (
            diagram(pyramid, view.layer, view.unit),
            Columns(
                (
                    (Text(f"{view.layer}[{view.unit}]", tuple(lines)),),
                    (where_text(layer, view.unit),),
                )
            ),
        ),
        path=(f"{view.layer}[{view.unit}]",),
        help=HELP,
        code=code_of(view.layer),
    )


def where_text(layer: Spec, unit: int) -> Text:
    """Where the inputs that a unit sees begin and end, by the receptive field."""
    field = layer.receptive_field
    step, size = int(field.jump[1]), field.cells[1]
    first = unit * step
    return Text(
        "on the inputs",
        (
            f"begins at {unit}·{step} = {first}",
            f"ends at {first} + {size} − 1 = {first + size - 1}",
        ),
    )


def code_of(layer: str) -> tuple[str, ...]:
    """The operation that computes a layer."""
    return {"c": ("conv2d",), "p": ("max_pool2d",)}.get(layer[0], ())


def one_sum(view: DynamicView, pyramid: Pyramid) -> Scene:
    """A unit as the sum of its products, or as the largest of what it sees."""
    place, unit = pyramid.place(view.layer), view.unit
    stored = float(pyramid.values[place][unit])
    name = f"{view.layer}[{unit}]"
    panels: list[Table | Text] = []
    if place == 0:
        panels.append(Text(f"{name} = {exact(stored)}", ("an input: the digits of π in turn",)))
    else:
        layer, before = pyramid.spec.layers[place], pyramid.spec.layers[place - 1].name
        first, last = layer.sees(unit, unit, 1)
        values = [float(each) for each in pyramid.values[place - 1][first : last + 1]]
        make = summed if view.layer in KERNELS else largest
        panels += make(view.layer, name, before, first, values, stored)
    return Scene(
        f"{name} = {exact(stored)}",
        (diagram(pyramid, view.layer, unit), *panels),
        path=(name, "sum"),
        help=HELP,
        code=code_of(view.layer),
    )


def summed(
    layer: str, name: str, before: str, first: int, values: list[float], stored: float
) -> list[Table | Text]:
    """The products of a convolution, and that they add up to what is stored."""
    weights, bias = KERNELS[layer]
    products = [weight * value for weight, value in zip(weights, values, strict=True)]
    rows = [
        (f"{before}[{first + k}]", exact(value), exact(weight), exact(weight * value))
        for k, (weight, value) in enumerate(zip(weights, values, strict=True))
    ]
    terms = " + ".join(in_brackets(each) for each in (*products, bias))
    return [
        Table("products", ("of", "value", "weight", "product"), tuple(rows)),
        Text(
            f"{name} = sum of the products + bias",
            (f"{terms} = {exact(sum(products) + bias)}", compared(sum(products) + bias, stored)),
        ),
    ]


def largest(
    layer: str, name: str, before: str, first: int, values: list[float], stored: float
) -> list[Table | Text]:
    """The two numbers of which a pool keeps the larger."""
    inside = ", ".join(map(exact, values))
    names = f"{before}[{first}] and [{first + len(values) - 1}]"
    return [
        Text(
            f"{name} = the larger of {names}",
            (f"max({inside}) = {exact(max(values))}", compared(max(values), stored)),
        )
    ]
