# -*- coding: utf-8 -*-
from __future__ import absolute_import

import io
import json
import os
import unittest

from ava import rules

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/vectors/name-rules.json")


def value_of(vector):
    if "repeat" in vector:
        text, times = vector["repeat"]
        return text * times
    return vector["value"]


class RulesTest(unittest.TestCase):
    def test_names_and_labels_are_refused_as_the_platform_refuses_them(self):
        with io.open(VECTORS, encoding="utf-8") as source:
            vectors = json.load(source)
        of_kinds = (
            ("seriesNames", rules.why_not_series_name),
            ("labels", rules.why_not_labels),
            ("trainingNames", rules.why_not_training_name),
            ("displayNames", rules.why_not_display_name),
        )
        for kind, why_not in of_kinds:
            for vector in vectors[kind]:
                self.assertEqual(why_not(value_of(vector)) is None, vector["holds"], vector["what"])
