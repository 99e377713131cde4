"""The run of a view: how its settings make a stepper, and how a stepper's place is told."""

from dataclasses import replace
from threading import Event as CancelToken

import numpy as np

from tuiconv.errors import RequestError
from tuiconv.lessons.training.choices import image_size, nets_for, suits
from tuiconv.lessons.training.operations import UPDATE, operation_name
from tuiconv.lessons.training.view import TrainingView
from tuiconv.nn.optimizers import make_optimizer
from tuiconv.runs.settings import DataSettings, OptimizerSettings, Settings
from tuiconv.runs.stepping.changes import changes_text, parse_changes
from tuiconv.runs.stepping.stepper import Stepper


def begun(view: TrainingView, cancel: CancelToken, earlier: Stepper | None = None) -> Stepper:
    """The run of a view before its first batch; `earlier`: another, whose data may be the same.

    Raises:
        RequestError: there is no such network, data set or setting, or they do not fit together.
        UserError: the data cannot be read.
    """
    settings = Settings(
        net=view.net,
        seed=view.seed,
        batch_size=view.batch_size,
        data=DataSettings(name=view.data, size=image_size(view.net, view.data)),
        optimizer=OptimizerSettings(view.optimizer, view.lr, view.momentum, view.weight_decay),
    )
    if not suits(view.net, view.data):
        raise RequestError(
            f"the net {view.net} does not fit the images of {view.data}; those that do are"
            f" {', '.join(nets_for(view.data))}"
        )
    return Stepper(settings, cancel, parse_changes(view.changes), earlier)


def told(stepper: Stepper, view: TrainingView, *, is_updated: bool) -> TrainingView:
    """The view with how the run was made, and where it stands now.

    Args:
        stepper: the run.
        view: what of it is looked at.
        is_updated: whether the last operation was an update, and is looked at.
    """
    first, at = stepper.first, stepper.position
    optimizer = first.optimizer
    usual = make_optimizer(optimizer.name, np.zeros(0, np.float32))
    operation = "" if at.operation is None else operation_name(stepper.operations[at.operation])
    return replace(
        view,
        net=first.net or "",
        data=first.data.name,
        seed=first.seed,
        optimizer=optimizer.name,
        lr=None if optimizer.lr == usual.lr else optimizer.lr,
        momentum=None if optimizer.momentum == usual.momentum else optimizer.momentum,
        batch_size=first.batch_size,
        weight_decay=optimizer.weight_decay,
        changes=changes_text([each for each in stepper.changes if each.batches <= at.batches]),
        batches=at.batches,
        operation=UPDATE if is_updated else operation,
    )
