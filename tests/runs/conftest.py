"""Runs on a few stroke digits, in an empty folder."""

import pytest

from tuiconv.runs.outputs import begin


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty current folder, and few stroke digits."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tuiconv.data.load.STROKES_TRAIN", 64)
    monkeypatch.setattr("tuiconv.data.load.STROKES_TEST", 32)
    return tmp_path


@pytest.fixture
def carried_out():
    """Carries out what settings ask for, up to `stop_at` events; returns the entries of the log."""

    def carry_out(settings, stop_at=None):
        job, output = begin(settings)
        entries = []
        for event in job.events():
            entries.append(job.entry(event))
            output.keep(event, entries[-1])
            if len(entries) == stop_at:
                break
        output.close()
        return entries

    return carry_out
