"""The Draw lesson: a digit that is drawn here and now, and what a network makes of it."""
