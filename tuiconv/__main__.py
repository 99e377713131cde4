"""`python -m tuiconv` is the command `tuiconv`."""

from tuiconv.cli import main

main()
