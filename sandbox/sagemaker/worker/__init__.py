"""Stands in for one SageMaker container: unpacks an archive, loads the model, answers /ping and /invocations."""
