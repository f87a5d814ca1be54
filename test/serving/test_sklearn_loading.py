"""What is loaded of a saved sklearn model, by which serialization, and what is refused."""
from __future__ import annotations

import os
import unittest
from typing import Any

import mlflow.sklearn
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from archive import Archive, load_ours, our_answer

JSON = "application/json"
NUMBERS = np.array([[0.0, 1.0, 2.0], [1.0, 0.5, 0.0], [2.0, 2.0, 1.0], [0.5, 3.0, 3.0]])
LABELS = np.array([0, 1, 1, 0])


def double_it(values: Any) -> Any:
    """A function that skops does not trust by itself."""
    return values * 2


class Loading(unittest.TestCase):
    def save(self, estimator: Any, **options: Any) -> Archive:
        archive = Archive("sklearn")
        self.addCleanup(archive.remove)
        mlflow.sklearn.save_model(estimator, archive.model, pip_requirements=["scikit-learn"], **options)
        return archive

    def edit(self, archive: Archive, old: str, new: str) -> None:
        path = os.path.join(archive.model, "MLmodel")
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        self.assertIn(old, text)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text.replace(old, new))

    def test_trusted_skops_types_load_and_untrusted_ones_are_named(self) -> None:
        estimator = make_pipeline(FunctionTransformer(double_it), LogisticRegression()).fit(NUMBERS, LABELS)
        name = f"{double_it.__module__}.double_it"
        archive = self.save(estimator, serialization_format="skops", skops_trusted_types=[name])
        load_ours("sklearn", archive.path)
        self.edit(archive, f"- {name}", "- some.other.type")
        with self.assertRaisesRegex(ValueError, f"does not trust.*{name}"):
            load_ours("sklearn", archive.path)

    def test_without_a_serialization_format_it_is_pickle(self) -> None:
        archive = self.save(LogisticRegression().fit(NUMBERS, LABELS), serialization_format="pickle")
        self.edit(archive, "    serialization_format: pickle\n", "")
        _, model = load_ours("sklearn", archive.path)
        self.assertEqual(our_answer(model, '{"inputs": [[1, 0, 0]]}', JSON)[0], 200)

    def test_the_models_own_code_is_importable(self) -> None:
        code = os.path.join(os.path.dirname(__file__), "own_code")
        archive = self.save(LogisticRegression().fit(NUMBERS, LABELS), code_paths=[os.path.join(code, "tripled.py")])
        load_ours("sklearn", archive.path)
        self.assertEqual(__import__("tripled").triple(2), 6)

    def test_an_unknown_serialization_or_method_and_a_path_outside_are_errors(self) -> None:
        for old, new, reason in [
            ("serialization_format: cloudpickle", "serialization_format: dill", "dill"),
            ("predict_fn: predict", "predict_fn: __reduce__", "__reduce__"),
            ("pickled_model: model.pkl", "pickled_model: ../../etc/passwd", "outside the model's folder"),
        ]:
            archive = self.save(LogisticRegression().fit(NUMBERS, LABELS), serialization_format="cloudpickle")
            self.edit(archive, old, new)
            with self.assertRaisesRegex(ValueError, reason):
                load_ours("sklearn", archive.path)


if __name__ == "__main__":
    unittest.main()
