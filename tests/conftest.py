"""What tests of several packages share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tuiconv.data.dataset import Splits
from tuiconv.data.load import load_dataset

settings.register_profile("tuiconv", deadline=None)  # a first call compiles
settings.load_profile("tuiconv")


@pytest.fixture(scope="session")
def mnist() -> Splits:
    """The real MNIST; without its files the test is skipped, saying where they were looked for."""
    given = os.environ.get("TUICONV_DATA_DIR")
    folders = [Path(given)] if given else []
    folders.append(Path(__file__).parents[2] / "shared" / "data")
    for folder in folders:
        if (folder / "mnist").is_dir():
            return load_dataset("mnist", data_dir=folder)
    pytest.skip(f"no folder mnist/ in {', '.join(map(str, folders))}")
