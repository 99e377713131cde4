"""The scenes of training: what a view asks for, and in words what the keys do."""

from typing import Final

from tuiconv.lessons.curves import accuracies, losses
from tuiconv.lessons.network.words import KERNELS
from tuiconv.lessons.scene import Columns, Panel, Scene
from tuiconv.lessons.training.chain_rule import (
    back_panels,
    loss_panel,
    scores_panel,
    weight_panel,
)
from tuiconv.lessons.training.confused import confusion_panels
from tuiconv.lessons.training.layer_maps import enlarged, picture, wall
from tuiconv.lessons.training.look import OF_WEIGHTS, Look
from tuiconv.lessons.training.number import number_panels
from tuiconv.lessons.training.words import BACKWARD, FORWARD, about

KEYS: Final = (
    "space plays and pauses. s takes one operation: a layer forward, the loss, a layer backward, or"
    " the update; b takes a whole batch, e plays to the end of the epoch. [ and ] go back and"
    " forward again, by operations, batches or epochs as you went last. x begins anew.",
    ", and . choose a setting, + and − change it. lr, momentum, optimiser, batch size and weight"
    " decay can change while it runs; another net, other data or another seed begin anew.",
    "v changes what is shown: curves and maps, the chain rule with this step's numbers, or the"
    " confusion matrix. t changes what is shown of the chosen layer: activations, their gradients"
    " δ, weights, their gradients, or what the last update added to them. ↑ and ↓ choose the layer,"
    " ← and → a map, Enter enlarges it. n and N go to the next and the previous image.",
    "k saves the network as a checkpoint, f writes a run file for tuiconv train.",
)
WHICH: Final = (
    "Between two batches you look at a test image, as if it were a batch of its own: nothing is"
    " learned from it. While a batch is taken apart you look at one of its images, and gradients"
    " are those of the whole batch's mean loss: exactly what the update uses.",
)


def scene_of(look: Look) -> Scene:
    """What a settled view shows below the lines that tell where the run is."""
    view = look.view
    panels: list[Panel | Columns] = []
    if view.depth == "number":
        panels += number_panels(look)
    elif view.depth == "map":
        panels.append(enlarged(look))
        if view.show in OF_WEIGHTS:
            panels.append(weight_panel(look))
    elif view.panels == "maps":
        history = look.stepper.history
        panels.append(Columns(((losses(history),), (accuracies(history),), (picture(look),))))
        panels.append(wall(look))
    elif view.panels == "confusion":
        stepper = look.stepper
        panels += confusion_panels(look.net, stepper.test, stepper.batches)
    else:
        looked = look.looked
        panels.append(Columns(((scores_panel(looked), loss_panel(looked)), back_panels(look))))
        panels.append(weight_panel(look))
    told = (*layer_words(look), *KEYS, how_far_back(look.stepper.reach), *WHICH)
    return Scene("", tuple(panels), look.path, told, code(look))


def how_far_back(reach: int) -> str:
    """How far back one can go, and what is done for it."""
    far = "to the very beginning" if reach == 0 else f"to batch {reach:,} of the run"
    return (
        f"You can go back {far}. Snapshots are kept of the run, ever fewer the longer ago they are;"
        " going back puts the nearest one before in place and learns the batches from there again,"
        " which gives the same bits."
    )


def layer_words(look: Look) -> tuple[str, ...]:
    """What the chosen layer does, forward and backward."""
    spec = look.layer.spec
    ways = (("Forward", FORWARD), ("Backward", BACKWARD))
    return tuple(f"{way} through {spec.name}: {about(spec, words)}." for way, words in ways)


def code(look: Look) -> tuple[str, ...]:
    """The operations of the chosen layer, and the step of the optimiser."""
    name = KERNELS.get(type(look.layer.spec))
    own = () if name is None else (name, f"{name}_backward")
    return (*own, "cross_entropy", STEPS[look.stepper.settings.optimizer.name])


STEPS: Final = {
    "sgd": "momentum_step",
    "momentum": "momentum_step",
    "nesterov": "momentum_step",
    "adagrad": "adagrad_step",
    "rmsprop": "rmsprop_step",
    "adam": "adam_step",
    "natural": "natural_gradient_step",
}
"""The step of every optimiser, by its name in `tuiconv_kernels`."""
