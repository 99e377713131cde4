"""The explorer: screens, widgets and the one thread that computes."""
