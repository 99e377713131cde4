"""One number opened: a weight with its update, or a unit, as the screen of the network has them."""

from tuiconv.lessons.network.look import Look as NetworkLook
from tuiconv.lessons.network.models import Model
from tuiconv.lessons.network.number import number_scene
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.view import NetworkView, Shown
from tuiconv.lessons.scene import Columns, Panel, Text
from tuiconv.lessons.training.chain_rule import weight_panel
from tuiconv.lessons.training.look import OF_WEIGHTS, Look


def number_panels(look: Look) -> list[Panel | Columns]:
    """The arithmetic of what is pointed at, for the image that is looked at."""
    looked, view = look.looked, look.view
    of_weights = view.show in OF_WEIGHTS
    show: Shown = "weights" if of_weights else "activations"
    if view.show == "gradients":
        show = "gradients"
    scene = number_scene(
        NetworkLook(
            NetworkView(
                layer=view.layer, show=show, map=view.map, unit=view.unit, part=view.part,
                depth="number", range=view.range,
            ),
            Model(looked.net, "in training"),
            Passing(looked.net, looked.images[looked.index], looked.label),
            None,
            (looked.which,),
        )
    )  # fmt: skip
    notes = [f"for {looked.which} alone, with the weights as they are now"]
    if looked.is_batch and show != "activations":
        n = len(looked.images)
        notes.append(f"in the mean loss of its batch of {n} this counts 1/{n}")
    return [
        *([weight_panel(look)] if of_weights else []),
        Text(scene.title, tuple(notes)),
        *scene.panels,
    ]
