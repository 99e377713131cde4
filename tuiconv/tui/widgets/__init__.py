"""Widgets that draw the panels of a scene."""
