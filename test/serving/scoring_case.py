"""A test case that compares our answers to MLflow's, for one saved model."""
from __future__ import annotations

import json
import unittest
from typing import Any

from archive import Archive, Reference, load_ours, our_answer

JSON = "application/json"


class ScoringCase(unittest.TestCase):
    """Saves one model a class; each case compares an answer of ours with MLflow's."""

    flavor: Any = None  # mlflow.sklearn or mlflow.xgboost
    save_options: dict[str, Any] = {}
    estimator: Any = None

    @classmethod
    def setUpClass(cls) -> None:
        if cls.estimator is None:
            raise unittest.SkipTest("a base class")
        cls.archive = Archive(cls.flavor.FLAVOR_NAME)
        cls.addClassCleanup(cls.archive.remove)
        options = {"pip_requirements": [cls.flavor.FLAVOR_NAME], **cls.save_options}
        cls.flavor.save_model(cls.estimator, cls.archive.model, **options)
        cls.reference = Reference(cls.archive.model)
        _, cls.model = load_ours(cls.flavor.FLAVOR_NAME, cls.archive.path)

    def same(self, body: Any, content_type: str = JSON) -> str:
        """Our answer, checked to be MLflow's to the byte."""
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        expected, actual = self.reference.answer(text, content_type), our_answer(self.model, text, content_type)
        self.assertEqual(expected[0], actual[0], (expected, actual))
        self.assertEqual(actual[0], 200, actual)
        self.assertEqual(expected[1], actual[1])
        return actual[1]

    def refused(self, body: Any, content_type: str = JSON, status: int = 400) -> str:
        """The body of our refusal, checked to have MLflow's status."""
        text = body if isinstance(body, (str, bytes)) else json.dumps(body)
        expected, actual = self.reference.answer(text, content_type), our_answer(self.model, text, content_type)
        self.assertEqual((status, status), (expected[0], actual[0]), (expected, actual))
        return actual[1]
