"""Gives every layer of a text its place in a network: its name, what arrives, what it sees."""

from dataclasses import replace
from typing import Any, cast

from tuiconv.arithmetic.joins import JOINS, Concat
from tuiconv.arithmetic.layers import KINDS, Input, Softmax, Whiten
from tuiconv.arithmetic.mending import with_ways_to_mend
from tuiconv.arithmetic.reading import Branches, Call, Item
from tuiconv.arithmetic.settings import settings
from tuiconv.arithmetic.specs import Shape, Spec, SpecError, automatic_name, show_shape
from tuiconv.arithmetic.tokens import error_at

LARGEST = 10**12
"""Of maps, rows and columns, and of input pixels between two units; no computer takes as many."""


def build(items: tuple[Item, ...], text: str, shape: Shape | None = None) -> tuple[Spec, ...]:
    """The specs of a network's layers, each behind those whose output it takes.

    Args:
        items: what was read.
        text: where it was read, for errors.
        shape: of the image, (channels, height, width) or (channels, length), instead of INPUT's.

    Raises:
        SpecError: as for `parse`.
    """
    builder = Builder(text)
    first = items[0]
    if isinstance(first, Call) and first.word.text == Input.word:
        builder.input(first, shape)
        items = items[1:]
    elif shape is None:
        expected = "expected INPUT(channels,height,width) as the first layer"
        raise error_at(text, first.word, expected)
    else:
        builder.input(None, shape)
    builder.chain(items, 0, is_whole=True)
    return tuple(builder.specs)


class Builder:
    """Puts one layer behind the other."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.specs: list[Spec] = []
        self.names: set[str] = set()
        self.counts: dict[str, int] = {}
        self.is_1d = False

    def input(self, call: Call | None, shape: Shape | None) -> None:
        """Begin with INPUT: as it is written, or with the shape that is given instead."""
        if call is not None and call.values:
            positional = [value for value in call.values if value[1] is None]
            self.is_1d = len(positional) == len(call.values) == 2
            if self.is_1d:  # maps that are one row high
                call = replace(call, values=(positional[0], (call.word, None, 1), positional[1]))
            if shape is not None and len(shape) != (2 if self.is_1d else 3):
                expected = "(channels, length)" if self.is_1d else "(channels, height, width)"
                raise SpecError(f"the network takes an input {expected}; {shape} is given")
        if shape is not None and (len(shape) not in (2, 3) or min(shape) < 1):
            expected = "(channels, height, width) or (channels, length), each at least 1"
            raise SpecError(f"the network takes an input {expected}; {shape} is given")
        if shape is None:
            sizes = settings(call, self.text, is_1d=False) if call else {}
        else:
            self.is_1d = len(shape) == 2
            channels, *sides = shape
            height, width = (1, *sides)[-2:]
            sizes = {"channels": channels, "height": height, "width": width}
        self.specs.append(Input(name=self.name(Input, call), is_1d=self.is_1d, **cast(Any, sizes)))

    def chain(self, items: tuple[Item, ...], at: int, *, is_whole: bool = False) -> int:
        """Put items one behind the other, the first behind the layer at `at`.

        Returns:
            The place of the last.
        """
        for place, item in enumerate(items):
            if isinstance(item, Branches):
                at = self.join(item, at)
                continue
            kind, word = KINDS[item.word.text], item.word
            if kind is Input:
                raise error_at(self.text, word, "expected INPUT only as the first layer")
            if kind is Whiten and not (is_whole and at == 0):
                raise error_at(self.text, word, "expected WHITEN only straight behind INPUT")
            if kind is Softmax and not (is_whole and place == len(items) - 1):
                raise error_at(self.text, word, "expected SOFTMAX only as the last layer")
            at = self.layer(item, at)
        return at

    def layer(self, call: Call, at: int) -> int:
        """Put a layer behind the one at `at`."""
        before = self.specs[at]
        kind = KINDS[call.word.text]
        return self.add(
            kind,
            call,
            input=before.output,
            input_field=before.receptive_field,
            sources=(at,),
            **settings(call, self.text, self.is_1d),
        )

    def join(self, branches: Branches, fork: int) -> int:
        """Put branches, and then what joins them, behind the layer at `fork`."""
        ends = [self.chain(chain, fork) for chain in branches.chains]
        kind = JOINS[branches.word.text]
        if len(ends) == 1 and kind is not Concat:
            ends.append(fork)
        specs = [self.specs[end] for end in ends]
        return self.add(
            kind,
            branches,
            input=self.specs[fork].output,
            input_field=self.specs[fork].receptive_field,
            sources=tuple(ends),
            fork=fork,
            inputs=tuple(spec.output for spec in specs),
            input_fields=tuple(spec.receptive_field for spec in specs),
        )

    def add(self, kind: type[Spec], item: Item, **values: Any) -> int:  # noqa: ANN401 - the fields of any kind
        """Add a layer, and return its place; an error knows the layers before it."""
        name = self.name(kind, item)
        try:
            spec = kind(name=name, is_1d=self.is_1d, **values)
            if max(spec.output) > LARGEST:
                left = show_shape(spec.output)
                raise spec.refuse(f"{left} would leave; expected sizes of at most {LARGEST:,}")
            if max(spec.receptive_field.jump) > LARGEST:
                raise spec.refuse(f"expected strides whose product is at most {LARGEST:,}")
        except SpecError as refused:
            before = self.specs[: values["sources"][0] + 1]

            def made(arriving: Shape) -> Spec:
                return kind(name=name, is_1d=self.is_1d, **(values | {"input": arriving}))

            error = with_ways_to_mend(refused, before, made)
            error.layers, error.layer = tuple(self.specs), f"{name} {replace(item, name=None)}"
            error.at = item.word.start
            raise error from None
        self.specs.append(spec)
        return len(self.specs) - 1

    def name(self, kind: type[Spec], item: Item | None) -> str:
        """The name that is written, or the kind's word and which one of its kind it is."""
        self.counts[kind.word] = number = self.counts.get(kind.word, 0) + 1
        given = item.name if item else None
        name = given.text if given else automatic_name(kind, number)
        if item and name in self.names:
            raise error_at(self.text, given or item.word, f"expected one layer only called {name}")
        self.names.add(name)
        return name
