"""This machine's figures beside those of the libraries a user might have instead."""
