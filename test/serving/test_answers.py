"""Whatever a model returns is written as MLflow's scoring server writes it."""
from __future__ import annotations

import unittest

import mlflow.sklearn

from archive import Archive, Reference, load_ours, our_answer
from estimators import ANSWERS, Answering

JSON = "application/json"
BODY = '{"inputs": [[1]]}'


class Answers(unittest.TestCase):
    def test_every_type_of_answer(self) -> None:
        archive = Archive("sklearn")
        self.addCleanup(archive.remove)
        mlflow.sklearn.save_model(
            Answering(), archive.model, serialization_format="cloudpickle", pip_requirements=["scikit-learn"]
        )
        reference = Reference(archive.model)
        _, model = load_ours("sklearn", archive.path)
        for name, answer in ANSWERS.items():
            with self.subTest(name):
                reference.model._model_impl.sklearn_model.name = name
                model.predict = lambda data, params, answer=answer: answer
                expected, actual = reference.answer(BODY, JSON), our_answer(model, BODY, JSON)
                self.assertEqual(expected, actual)


if __name__ == "__main__":
    unittest.main()
