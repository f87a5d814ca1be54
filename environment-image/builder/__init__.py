"""Builds the environment of models: the packages that a specification names, beside the server that uses them."""
