"""The explorer as a page: how it speaks with the server that `tuiconv serve` is."""

import os
from functools import partial

from textual.drivers.web_driver import WebDriver


class PageDriver(WebDriver):
    """Textual's driver for pages, which minds what else is printed, and a server that is gone."""

    def start_application_mode(self) -> None:
        # What anybody else writes to stdout, down to libraries in C, would not be understood.
        server = os.dup(self.fileno)
        os.dup2(2, self.fileno)
        self.fileno, self._write = server, partial(os.write, server)
        super().start_application_mode()

    def run_input_thread(self) -> None:
        """Obey the page; quit when there is nobody to send keys any more."""
        super().run_input_thread()
        self._app.call_later(self._app.exit)
