"""The project's own code in a model's container: private, so that no module of a model has its name."""
