# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os

from ava.params import params
from ava.utils.error import ConfigError
from seed_case import SeedCase

DEFAULT = "params/default.json"


class ParamsTest(SeedCase):
    def test_the_seeds_example(self):
        self.put(DEFAULT, {"k1": "v1", "k2": {"k3": "v3"}})
        self.assertEqual(params.get_value("k1"), "v1")
        self.assertEqual(params.get_value("k2"), {"k3": "v3"})
        self.assertEqual(params.get_value("k2.k3"), "v3")
        self.assertEqual(params.get_value("none", default="default_val"), "default_val")
        self.assertEqual(params.get_all(), {"k1": "v1", "k2": {"k3": "v3"}})

    def test_lists_take_indices_and_keys_may_hold_dots(self):
        self.put(DEFAULT, {"steps": [10, {"a": 1}], "a.b": {"c": 2}, "n": None})
        found = [params.get_value(key, default="no") for key in ("steps.0", "steps.1.a", "a.b.c", "n")]
        self.assertEqual(found, [10, 1, 2, None])
        for key in ("steps.2", "steps.-1", "steps.x", "steps.01", u"steps.²", "steps.0.a", "", ".", "n.a"):
            self.assertEqual(params.get_value(key, default="no"), "no", key)

    def test_text_that_is_no_ascii(self):
        self.put(DEFAULT, u"\ufeff{\"名\": \"值\"}")
        self.assertEqual(params.get_value("名"), u"值")
        self.assertEqual(params.get_value(u"名"), u"值")

    def test_a_required_key_that_is_missing_raises_and_names_key_and_file(self):
        path = self.put(DEFAULT, {"a": 1})
        self.assertEqual(params.get_value("a", is_required=True), 1)
        with self.assertRaises(ConfigError) as caught:
            params.get_value("b.c", is_required=True, default=5)
        self.assertIn("'b.c'", str(caught.exception))
        self.assertIn(path, str(caught.exception))

    def test_no_file_is_no_params(self):
        self.assertEqual(params.get_all(), {})
        self.assertEqual(params.get_value("a", default=3), 3)
        self.assertRaises(ConfigError, params.get_value, "a", is_required=True)
        self.assertEqual(self.warnings, [])

    def test_a_file_that_cannot_be_read_is_no_params_and_a_warning(self):
        for content in (b'{"secret": "ab', b"[1]", b'{"a": "\xff"}', b"", b"[" * 100000):
            path = self.put(DEFAULT, content)
            del self.warnings[:]
            self.assertEqual(params.get_all(), {})
            self.assertEqual(params.get_value("a", default=3), 3)
            self.assertEqual([path in warning for warning in self.warnings], [True, True])
            self.assertNotIn("secret", "".join(self.warnings))

    def test_values_are_cached_copies(self):
        self.put(DEFAULT, {"a": [1]})
        params.get_value("a").append(2)
        self.assertEqual(params.get_value("a"), [1])
        self.put(DEFAULT, {"a": [9]})
        self.assertEqual(params.get_value("a"), [1])
        self.assertEqual(params.get_all(), {"a": [9]})
        self.assertEqual(params.get_value("a", use_cache=False), [9])
        self.assertEqual(params.get_value("a"), [9])

    def test_the_runs_own_params_win(self):
        self.put(DEFAULT, {"a": "workspace"})
        os.environ["AVA_TRAINING_INS_ID"] = "run-1"
        self.assertEqual(params.get_value("a"), "workspace")
        self.put("run/run-1/params.json", {"a": "run"})
        self.assertEqual(params.get_value("a"), "run")
        self.assertEqual(params.get_all(), {"a": "run"})

    def test_a_key_that_is_not_text_does_not_exist(self):
        self.put("params/default.json", {"a": 1, "None": 2})
        for key in (None, 7, ["a"]):
            self.assertEqual(params.get_value(key, default=3), 3)
            self.assertRaises(ConfigError, params.get_value, key, is_required=True)
