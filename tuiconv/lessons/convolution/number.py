"""A sum line by line, as the kernel adds it up; or each product, and where it goes."""

from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.pools import pooled
from tuiconv.lessons.convolution.terms import DELTA, Terms, W, terms_of
from tuiconv.lessons.convolution.view import At
from tuiconv.lessons.convolution.window import window_lines
from tuiconv.lessons.convolution.words import counted, help_of, kernels_of, named, place, telling
from tuiconv.lessons.network.digits import compared, exact, short
from tuiconv.lessons.scene import Columns, Panel, Scene, Table, Text

FLOATS = (
    "float32 keeps 24 binary digits, and 0.1 has endlessly many: it is stored as 0.100000001. So"
    " a sum may be off in its eighth digit.",
)


def number_scene(look: Look) -> Scene:
    """Every product, one below the other."""
    view = look.view
    if look.is_pool and not view.backward:
        panels = pool_panels(look)
    else:
        found = terms_of(look)
        panels = sum_panels(look, found) if found.stored is not None else spread(look, found)
    return Scene(
        title=telling(look),
        panels=panels,
        path=(place(view.at, look), "line by line"),
        help=help_of(look),
        code=kernels_of(look),
    )


def count_terms(look: Look) -> int:
    """How many lines there are to go through."""
    if look.is_pool and not look.view.backward:
        return len(pooled(look).steps) if look.view.at == "output" else 0
    return len(terms_of(look).terms)


def grids_of(found: Terms) -> tuple[At, At]:
    """In which grids the two factors of a product are."""
    left: At = "output" if found.left == DELTA else "input"
    if found.right == DELTA:
        return left, "output"
    return left, "weight" if found.right == W else "input"


def sum_panels(look: Look, found: Terms) -> tuple[Panel | Columns, ...]:
    """The running sum, and its proof."""
    added = found.added()
    left, right = grids_of(found)
    rows: list[tuple[str, ...]] = []
    bias_first = found.bias is not None and added.begin == found.bias
    if bias_first:
        rows.append(("bias", "", "", "", "", exact(added.begin)))
    for term, so_far in zip(found.terms, added.sums, strict=True):
        rows.append(
            (
                named(look, left, term),
                exact(term.left),
                f"· {named(look, right, term)}",
                exact(term.right),
                short(term.product),
                exact(so_far),
            )
        )
    if found.bias is not None and not bias_first:
        rows.append(("bias", "", "", "", "", exact(added.total)))
    begin = int(bias_first)
    table = Table(
        "the sum, line by line",
        (names(found.left), "", names(found.right), "", "= product", "sum so far"),
        tuple(rows),
        look.view.term + begin if found.terms else None,
        f"terms:{begin}",
    )
    stored = found.stored
    assert stored is not None
    lines = [
        f"{counted(found)}, added up {added.how}",
        compared(added.total, stored),
    ]
    if any(short(so_far) != exact(so_far) for so_far in added.sums):
        lines += FLOATS
    lines.append("Products are rounded to 6 digits, sums are not.")
    return (Columns(((table,), (Text("is it right?", tuple(lines)),))),)


def names(factor: str) -> str:
    """What a factor is called above its column."""
    return "gradient δ" if factor == DELTA else factor


def spread(look: Look, found: Terms) -> tuple[Panel | Columns, ...]:
    """Each product, and where it goes."""
    if found.to == "output":
        return (outputs_table(look, found),)
    rows: list[tuple[str, ...]] = []
    for term in found.terms:
        delta, x = exact(term.left), look.x_at(term.channel, term.meeting.input)
        row = [
            named(look, "input", term),
            f"{delta} · {exact(term.right)}",
            f"= {short(term.product)}",
        ]
        if not look.is_pool:
            row += [
                named(look, "weight", term),
                f"{delta} · {exact(x)}",
                f"= {short(term.left * x + 0.0)}",
            ]
        rows.append(tuple(row))
    head: tuple[str, ...] = "this input gets", f"δ · {found.right}", ""
    if not look.is_pool:
        head = (*head, "this weight gets", "δ · input", "")
    text = Text(
        "from here on",
        (
            "All outputs send such parts. What arrives at one place is added up: that is its"
            " gradient. t goes to an input or a weight, and shows its sum.",
        ),
    )
    table = Table("where δ goes", head, tuple(rows), look.view.term, "terms:0")
    return (Columns(((table,), (text,))),)


def outputs_table(look: Look, found: Terms) -> Table:
    """What the cursor's place brings to each output that it has a part in."""
    rows = tuple(
        (
            named(look, "output", term),
            f"{named(look, 'input', term)} · {named(look, 'weight', term)}",
            f"{exact(term.left)} · {exact(term.right)}",
            f"= {short(term.product)}",
            exact(float(look.sliding.out[term.map, *term.meeting.output])),
        )
        for term in found.terms
    )
    head = ("this output gets", "", "", "", "and is in all")
    return Table("where it has a part", head, rows, look.view.term if rows else None, "terms:0")


def pool_panels(look: Look) -> tuple[Panel | Columns, ...]:
    """The numbers of a pool's window one by one."""
    view = look.view
    if view.at != "output":
        return (Text("its windows", tuple(window_lines(look))),)
    found = pooled(look)
    rows = tuple(
        (
            f"input[{step.meeting.input[0]},{step.meeting.input[1]}]",
            exact(step.x),
            step.adds,
            step.so_far,
        )
        for step in found.steps
    )
    stored = float(look.sliding.out[view.map, *look.cell])
    table = Table("number by number", ("", "x", *found.heads), rows, view.term, "terms:0")
    lines = (f"{found.formula}", f"= {exact(found.value)}", compared(found.value, stored))
    return (Columns(((table,), (Text("is it right?", lines),))),)
