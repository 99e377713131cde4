"""Training as a lesson: a run that is stepped forward and back, and what is to be seen of it."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from shlex import quote
from threading import Event as CancelToken

import numpy as np

from tuiconv.arithmetic import PRESETS
from tuiconv.errors import RequestError
from tuiconv.files import replacing, unused
from tuiconv.lessons.inside import weight_maps
from tuiconv.lessons.ranges import frozen_range, next_range
from tuiconv.lessons.scene import Scene
from tuiconv.lessons.training import run
from tuiconv.lessons.training.chain_rule import gone_back_to
from tuiconv.lessons.training.choices import BEGINNING, beside, neighbour, nets_for, suits
from tuiconv.lessons.training.look import (
    OF_WEIGHTS,
    Before,
    Look,
    before_update,
    is_complete,
    layer_named,
)
from tuiconv.lessons.training.looked import of_batch, of_test_image
from tuiconv.lessons.training.operations import UPDATE, operation_number
from tuiconv.lessons.training.scenes import scene_of
from tuiconv.lessons.training.sparing import Sparing
from tuiconv.lessons.training.status import settings_now, status, where
from tuiconv.lessons.training.view import PANELS, SHOWN, TrainingView
from tuiconv.lessons.ways import after, inward, outward
from tuiconv.nn.layers import Arrays
from tuiconv.runs.stepping.apart import InHand
from tuiconv.runs.stepping.stepper import Grain, Stepper
from tuiconv.runs.toml import to_toml


class TrainingLesson:
    """A run in the hands of a learner.

    Every way to move takes a view and returns the next one, and the run moves along. What a view
    tells of where the run is is filled in by `settled`.

    Args:
        view: how the run is made, and where in it one is.
        cancel: set when the program ends.
    """

    def __init__(self, view: TrainingView, cancel: CancelToken | None = None) -> None:
        self.cancel = cancel or CancelToken()
        self.updated: Before | None = None
        """What the update began with that was the last operation; None after something else."""
        self._first = view
        self._below = Sparing[Scene]()

    @cached_property
    def stepper(self) -> Stepper:
        """The run, made and taken to its place when it is first asked for.

        Raises:
            RequestError: there is no such network, data set, setting or operation.
            UserError: the data cannot be read, or training diverges on the way.
        """
        view, stepper = self._first, run.begun(self._first, self.cancel)
        done = operation_number(stepper.operations, view.operation)
        if view.operation != UPDATE:
            stepper.go_to(view.batches, done - 1 if done else None)
            return stepper
        if view.batches < 1:
            raise RequestError("batches 0; expected at least 1 for the operation update")
        stepper.go_to(view.batches - 1, done - 2)
        self.updated = self._operated(stepper)
        return stepper

    @property
    def going(self) -> bool:
        """Whether the run goes on by itself; with `advance` the work of a compute thread."""
        return self.stepper.going

    def advance(self) -> None:
        """Learn a little.

        Raises:
            TrainingError: training diverged.
        """
        self.stepper.advance()

    def stepped(self, view: TrainingView, grain: Grain) -> TrainingView:
        """One operation or batch further; or on the way to the end of the epoch."""
        if grain == "operation":
            self.updated = self._operated(self.stepper)
        else:
            self.stepper.step(grain)
            self.updated = None
        return self._following(view)

    def played(self, view: TrainingView) -> TrainingView:
        """Playing; or paused, if it was."""
        if self.stepper.playing:
            self.stepper.pause()
        else:
            self.stepper.playing, self.updated = True, None
        return view

    def gone_back(self, view: TrainingView) -> TrainingView:
        """The last step undone."""
        self.stepper.back()
        self.updated = None
        return self._following(view)

    def gone_forward(self, view: TrainingView) -> TrainingView:
        """A step that was undone taken again."""
        stepper, self.updated = self.stepper, None
        if stepper.can_go_forward and is_complete(stepper):
            self.updated = self._operated(stepper)
        else:
            stepper.forward()
        return self._following(view)

    def chosen(self, view: TrainingView, step: int) -> TrainingView:
        """The setting beside the one that was chosen."""
        return replace(view, setting=beside(view.setting, step))

    def changed(self, view: TrainingView, step: int) -> TrainingView:
        """Another value of the chosen setting, from the next batch on or in a new run."""
        name = view.setting
        new = neighbour(name, settings_now(self.stepper)[name], step, view.data)
        if self.begins_anew(view):
            return self.begun_anew(view, **{name: new})
        self.stepper.change(name, new)
        return view

    def begins_anew(self, view: TrainingView) -> bool:
        """Whether another value of the chosen setting makes another run."""
        return view.setting in BEGINNING

    def begun_anew(self, view: TrainingView, **other: str | float) -> TrainingView:
        """A run before its first batch, with the settings of now or others; see `choices.NAMES`.

        If it cannot be, the old one stays.
        """
        now = settings_now(self.stepper) | other
        if not suits(str(now["net"]), str(now["data"])):
            now["net"] = nets_for(str(now["data"]))[0]
        shown = {name: getattr(view, name) for name in ("setting", "panels", "show", "range")}
        first = TrainingView(**{**now, **shown})
        self.stepper = run.begun(first, self.cancel, self.stepper)
        self.updated, self._below = None, Sparing()
        return first

    def settled(self, view: TrainingView) -> TrainingView:
        view = run.told(self.stepper, view, is_updated=self.updated is not None)
        beside(view.setting, 0)
        frozen_range(view.range)
        layers, hand = self._layers(view), self._hand
        name = view.layer or layers[0]
        if layer_named(self.stepper.net, name).name not in layers:
            raise RequestError(
                f"{name} has no {view.show}, as it learns nothing; {', '.join(layers)} do"
            )
        view = replace(view, layer=name)
        images = self.stepper.test.images if hand is None else hand.images
        count, height, width = self._shape(view)
        row, column = view.unit or (height // 2, width // 2)
        cell = (min(max(row, 0), height - 1), min(max(column, 0), width - 1))
        return replace(
            view,
            digit=view.digit % len(images),
            map=min(max(view.map, 0), count - 1),
            unit=cell if view.unit or view.depth != "overview" else None,
            part=max(view.part, 0),
        )

    def counts(self, view: TrainingView) -> dict[str, tuple[int, ...]]:
        images = self.stepper.test.images if self._hand is None else self._hand.images
        maps, *sizes = self._shape(view)
        return {"digit": (len(images),), "map": (maps,), "unit": tuple(sizes)}

    def scene(self, view: TrainingView) -> Scene:
        stepper, shown = self.stepper, replace(view, changes="", batches=0, setting="")
        # while it plays, all but where the run is may lag behind
        scene = self._below.get(
            shown, lambda: scene_of(self._look(view)), may_be_old=stepper.playing
        )
        on_top = status(stepper, view, self._hand)
        return replace(scene, title=where(stepper), panels=(on_top, *scene.panels))

    def deeper(self, view: TrainingView) -> TrainingView:
        return replace(view, depth=inward(view.depth))

    def outer(self, view: TrainingView) -> TrainingView:
        return replace(view, depth=outward(view.depth))

    def moved(self, view: TrainingView, rows: int, columns: int) -> TrainingView:
        if view.depth == "number":
            return replace(view, part=max(0, view.part + rows + columns))
        count, height, width = self._shape(view)
        if view.depth == "map" and (height, width) != (1, 1):
            row, column = view.unit or (height // 2, width // 2)
            return replace(view, unit=(max(0, row + rows), max(0, column + columns)), part=0)
        if view.depth == "map" or columns:
            return replace(view, map=(view.map + rows + columns) % count, part=0)
        return self._with_layer(view, rows)

    def pointed(self, view: TrainingView, key: str, index: tuple[int, ...]) -> TrainingView:
        what, _, first = key.partition(":")
        match what:
            case "maps":
                return replace(view, map=int(first) + index[0])
            case "back":
                back = gone_back_to(self._look(view).looked)
                if index[0] >= len(back):  # training went on since the row was drawn
                    return view
                layer = back[index[0]]
                show = view.show if layer.parameters else "gradients"
                return replace(view, layer=layer.name, show=show, map=0, unit=None)
            case "cursor":
                return replace(view, unit=(index[0], index[1]))
            case "parts":
                return replace(view, part=max(0, index[0] - int(first)))
            case _:
                return view

    def ranged(self, view: TrainingView) -> TrainingView:
        look = self._look(view)
        maps = look.maps(look.layer, view.show)
        if maps is None:
            return view
        return replace(view, range=next_range(view.range, look.limits(view.show, maps[view.map])))

    def digit_moved(self, view: TrainingView, step: int) -> TrainingView:
        """The next image, or (step −1) the one before."""
        return replace(view, digit=view.digit + step)

    def next_shown(self, view: TrainingView) -> TrainingView:
        """The next thing to be seen of the layer."""
        order = SHOWN[SHOWN.index(view.show) + 1 :] + SHOWN
        has_weights = bool(layer_named(self.stepper.net, view.layer).parameters)
        show = next(each for each in order if has_weights or each not in OF_WEIGHTS)
        same = (show in OF_WEIGHTS) == (view.show in OF_WEIGHTS)
        if same:
            return replace(view, show=show)
        return replace(view, show=show, map=0, unit=None, part=0)

    def next_panels(self, view: TrainingView) -> TrainingView:
        """The next set of panels, from the outside."""
        return replace(view, panels=after(PANELS, view.panels), depth="overview")

    def save_checkpoint(self) -> tuple[Path, str]:
        """Write the network to a new file in the current directory.

        Returns:
            The file, and what comes next, in a line.

        Raises:
            OSError: it cannot be written.
        """
        path = unused(self._stem, ".safetensors")
        self.stepper.save(path)
        data = self.stepper.first.data
        if data.size is not None:  # eval takes images as they are
            return path, f"next: tuiconv show network --model {path}"
        return path, f"next: tuiconv eval {path} --data {quote(data.name)}"

    def write_run_file(self) -> tuple[Path, str]:
        """Write the settings to a new file in the current directory, for `tuiconv train`.

        Returns:
            The file, and what comes next, in a line.

        Raises:
            OSError: it cannot be written.
        """
        path, stepper = unused(self._stem, ".toml"), self.stepper
        with replacing(path) as file:
            file.write(to_toml(stepper.run_settings()).encode())
        done = any(each.batches <= stepper.batches for each in stepper.changes)
        as_now = "; it has the settings of now, not what was changed on the way" if done else ""
        return path, f"next: tuiconv train {path}{as_now}"

    @property
    def _stem(self) -> str:
        first = self.stepper.first
        net = first.net if first.net in PRESETS else "network"
        return f"{net}-{Path(first.data.name).stem}"

    @property
    def _hand(self) -> InHand | None:
        """The batch that is looked at: taken apart, or just updated from."""
        return self.updated.hand if self.updated else self.stepper.in_hand

    def _operated(self, stepper: Stepper) -> Before | None:
        """Do one operation; what it began with if it is the update."""
        before = before_update(stepper) if is_complete(stepper) else None
        stepper.step("operation")
        return before

    def _following(self, view: TrainingView) -> TrainingView:
        """In the overview, what the last operation has computed."""
        stepper, at = self.stepper, self.stepper.position.operation
        if at is None or view.panels != "maps" or view.depth != "overview":
            return view
        operation, layers = stepper.operations[at], stepper.net.spec.layers
        if operation.kind == "loss":
            last = stepper.operations[at - 1].layer
            return replace(view, layer=last, show="gradients", map=0, unit=None)
        layer = stepper.net.spec.named(operation.layer)
        if operation.kind == "forward":
            return replace(view, layer=layer.name, show="activations", map=0, unit=None)
        if layer.parameters:
            return replace(view, layer=layer.name, show="weight-gradients", map=0, unit=None)
        source = layers[layer.sources[0]] if layer.sources[0] else layer
        return replace(view, layer=source.name, show="gradients", map=0, unit=None)

    def _layers(self, view: TrainingView) -> list[str]:
        """The names of the layers that have what is shown."""
        of_weights = view.show in OF_WEIGHTS
        return [
            layer.name for layer in self.stepper.net.layers if layer.parameters or not of_weights
        ]

    def _with_layer(self, view: TrainingView, step: int) -> TrainingView:
        """The next layer that has what is shown; at either end the layer itself."""
        names = self._layers(view)
        place = min(max(names.index(view.layer) + step, 0), len(names) - 1)
        return replace(view, layer=names[place], map=0, unit=None, part=0)

    def _shape(self, view: TrainingView) -> tuple[int, int, int]:
        """Of what is shown of the layer, as maps (n, h, w)."""
        layer = layer_named(self.stepper.net, view.layer)
        if view.show in OF_WEIGHTS:
            kernels = weight_maps(layer)
            assert kernels is not None
            count, height, width = kernels.shape
        else:
            count, height, width = (*layer.spec.output, 1, 1)[:3]
        return count, height, width

    def _look(self, view: TrainingView) -> Look:
        """All that the scene of a settled view is made of."""
        stepper, hand = self.stepper, self._hand
        before = self.updated
        if hand is None:
            goes_back = (
                view.panels == "chain-rule"
                or view.depth != "overview"
                or view.show in ("gradients", "weight-gradients")
            )
            looked = of_test_image(stepper.net, stepper.test, view.digit, goes_back=goes_back)
        else:
            looked = of_batch(stepper.net, hand, view.digit)
            if before is None and is_complete(stepper):
                before = before_update(stepper)
        return Look(view, stepper, looked, self._change(), before)

    def _change(self) -> Arrays:
        """What the last update added to every parameter, by name."""
        net, before = self.stepper.net, self.stepper.before_update
        if before is None:
            return {}
        with np.errstate(all="ignore"):
            return net.named(net.parameters - before)
