"""How often the explorer was opened before: hints for the first time go away by themselves."""

from contextlib import suppress

from platformdirs import user_state_path


def count_visit() -> int:
    """Which visit this is, from 1; the first, as long as that cannot be remembered."""
    file = user_state_path("tuiconv") / "visits"
    visit = 1
    with suppress(OSError, ValueError):
        visit = int(file.read_text()) + 1
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(visit))
    return visit
