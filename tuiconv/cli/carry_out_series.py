"""A series of runs as a command."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from tuiconv.cli.carry_out import stopped_by_signals

if TYPE_CHECKING:
    from tuiconv.runs.settings import Settings


def carry_out_series(settings: "Settings", as_json: bool) -> int:
    """Train every network with every seed, tell of each run and print the table of all.

    A series that is stopped shows the runs that were done. Returns the exit status.
    """
    from tuiconv.cli.options import console_for
    from tuiconv.render.series import series_table
    from tuiconv.runs.series import Outcome, run_series, table

    outcomes: list[Outcome] = []
    with stopped_by_signals() as stop:
        for outcome in run_series(settings, stop):
            outcomes.append(outcome)
            if as_json:
                print(json.dumps({"event": "run", **asdict(outcome)}), flush=True)
            else:
                print(
                    f"{outcome.net}, seed {outcome.seed}: training {outcome.train_accuracy:.2%},"
                    f" test {outcome.test_accuracy:.2%}, {outcome.seconds:.1f} s",
                    flush=True,
                )
    rows = table(outcomes)
    if as_json:
        print(json.dumps({"event": "table", "rows": [asdict(row) for row in rows]}))
    else:
        console, display = console_for("auto", None)
        console.print(series_table(rows, display))
    return stop.status
