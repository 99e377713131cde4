"""The overview: a network as text, all its layers, and what they add up to."""

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic.memory import PARTS, Memory, mebibytes, memory
from tuiconv.lessons.arithmetic.costs import FORWARD
from tuiconv.lessons.arithmetic.exercise import exercise_panels, faults_of
from tuiconv.lessons.arithmetic.layer_scene import drawing, formula_text, seen_in
from tuiconv.lessons.arithmetic.reading import Reading
from tuiconv.lessons.arithmetic.rows import HEAD, total_row
from tuiconv.lessons.arithmetic.view import ArithmeticView
from tuiconv.lessons.arithmetic.words import OVERVIEW
from tuiconv.lessons.scene import Columns, Panel, Scene, Source, Table, Text


def overview(view: ArithmeticView, reading: Reading) -> Scene:
    """All layers of a network, as far as the text can be read."""
    panels: list[Panel | Columns] = [source(reading, "the network as text")]
    if view.exercise:
        panels += exercise_panels(reading)
    # the exercise says itself what does not fit, one thing after the other
    if reading.error is not None and not (view.exercise and faults_of(reading)):
        panels.append(fault(reading))
    spec = reading.spec
    if spec is not None:
        formulas = formula_text(spec, spec.named(view.layer))
        columns = (layer_table(spec, view, reading),), (formulas, memory_table(spec, view))
        panels.append(Columns((*columns, (drawing(view, spec, seen_in(view, spec)),))))
        if reading.notes:
            panels.append(Text("to know", reading.notes))
    return Scene(title(view, reading), tuple(panels), help=OVERVIEW)


def title(view: ArithmeticView, reading: Reading) -> str:
    """The network and what it adds up to."""
    name = reading.name or "your network"
    if reading.whole is None:
        goes_on = "is not finished" if is_unfinished(reading) else "does not fit"
        return f"{name} {goes_on}"
    totals = reading.whole.totals
    taken = mebibytes(memory_of(reading.whole, view).total)
    return (
        f"{name}: {totals.parameters:,} parameters, {totals.macs:,} multiply-adds,"
        f" {totals.activations:,} activations; memory for {circumstances(view)}: {taken} MiB"
    )


def is_unfinished(reading: Reading) -> bool:
    """Whether nothing is wrong with a text but that it ends too early."""
    error = reading.error
    return error is not None and error.at is not None and error.at >= len(reading.text.rstrip())


def source(reading: Reading, heading: str) -> Source:
    """The text, with a caret below where it goes wrong."""
    return Source(heading, reading.text, None if reading.error is None else reading.error.at)


def fault(reading: Reading, of: str = "") -> Text:
    """What is wrong with a text, and what would mend it; `of` is a letter for the network."""
    error = reading.error
    assert error is not None
    letter = f"{of}: " if of else ""
    if is_unfinished(reading):
        return Text(f"{letter}how it may go on", (str(error),))
    told, _, ways = str(error).removeprefix(f"{error.layer}: ").partition("; to mend it, ")
    lines = (told, f"To mend it, {ways}.") if ways else (told,)
    return Text(f"{letter}✗ {error.layer or 'what is wrong'}", lines)


def layer_table(spec: NetworkSpec, view: ArithmeticView, reading: Reading) -> Table:
    """A row for each layer; below them the sums."""
    return Table(
        "layers" if reading.error is None else "layers, as far as they fit",
        HEAD,
        reading.rows,
        [layer.name for layer in spec].index(view.layer),
        "layers",
        total_row(spec),
        reading.spare,
    )


def circumstances(view: ArithmeticView) -> str:
    """What the memory depends on besides the network, between pointers what + and − change."""
    forward = view.training == FORWARD
    texts = {
        "batch": f"batch {view.batch:,}",
        "bytes": f"{view.bytes} bytes a number",
        "training": "forward only" if forward else f"training with {view.training}",
    }
    return ", ".join(f"▸{text}◂" if name == view.setting else text for name, text in texts.items())


def memory_table(spec: NetworkSpec, view: ArithmeticView) -> Table:
    """What a batch takes, by what it is for."""
    found = memory_of(spec, view)
    sizes = {part: getattr(found, part) for part in PARTS if getattr(found, part)}

    def row(name: str, size: int) -> tuple[str, ...]:
        return name, f"{size // view.bytes:,}", mebibytes(size)

    rows = tuple(row(PARTS[part], size) for part, size in sizes.items())
    return Table("memory", ("", "numbers", "MiB"), rows, below=row("total", found.total))


def memory_of(spec: NetworkSpec, view: ArithmeticView) -> Memory:
    """The bytes that a network takes in the circumstances."""
    return memory(spec, view.batch, view.bytes, None if view.training == FORWARD else view.training)
