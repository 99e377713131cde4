"""The screens: a lesson each, with its keys."""
