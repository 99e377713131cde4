"""The run file for what the Training screen does, so that a script can do it too."""

from itertools import count
from pathlib import Path

from tuiconv.errors import UserError
from tuiconv.files import replacing
from tuiconv.runs.settings import DataSettings, OptimizerSettings, Settings
from tuiconv.runs.toml import to_toml


def write_run_file(preset: str, data: str, lr: float) -> Path:
    """Write `PRESET-DATA.toml`, or the first such name with a number that is free, here.

    Args:
        preset: the network.
        data: the data set.
        lr: the learning rate.

    Returns:
        The file that was written, which `tuiconv train` takes.

    Raises:
        UserError: it cannot be written.
    """
    settings = Settings(
        net=preset, data=DataSettings(name=data), optimizer=OptimizerSettings(lr=lr)
    )
    names = (f"{preset}-{data}{'' if k == 1 else f'-{k}'}.toml" for k in count(1))
    path = next(path for path in map(Path, names) if not path.exists())
    try:
        with replacing(path) as file:
            file.write(to_toml(settings).encode())
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    return path
