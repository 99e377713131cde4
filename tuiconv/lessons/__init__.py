"""Demonstrations: settings in, a scene out. They know no terminal."""
