# -*- coding: utf-8 -*-
from __future__ import absolute_import

import datetime
import decimal
import fractions
import unittest

from ava import limits
from ava.train import finish, values
from ava.words import text_of


class Tensor(object):
    def __init__(self, *numbers):
        self.numbers = numbers

    def item(self):
        if len(self.numbers) != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        return self.numbers[0]


class OldArray(object):
    """As MXNet's arrays are."""

    def asscalar(self):
        return 0.125


class ValuesTest(unittest.TestCase):
    def setUp(self):
        self.said = []
        self.warn, values.notices.warn = values.notices.warn, lambda message, topic=None: self.said.append(message)

    def tearDown(self):
        values.notices.warn = self.warn

    def test_numbers_of_all_kinds_are_taken(self):
        metrics = {
            "int": 3,
            "bool": True,
            "decimal": decimal.Decimal("0.5"),
            "fraction": fractions.Fraction(1, 4),
            "tensor": Tensor(0.25),
            "array": OldArray(),
            "large": 10 ** 20,
        }
        expected = {"int": 3.0, "bool": 1.0, "decimal": 0.5, "fraction": 0.25, "tensor": 0.25, "array": 0.125, "large": 1e20}
        self.assertEqual(values.to_floats(metrics), [expected])
        self.assertEqual(self.said, [])

    def test_what_is_no_number_is_left_out_with_one_warning_that_names_it(self):
        (taken,) = values.to_floats({"loss": 0.5, "text": "0.5", "none": None, "tensor": Tensor(1, 2), "list": [1]})
        self.assertEqual(taken, {"loss": 0.5})
        (said,) = self.said
        for name in ("text", "none (NoneType)", "tensor (Tensor)", "list (list)"):
            self.assertIn(name, said)

    def test_dictionaries_that_hold_each_other_or_lie_too_deep_end_before_the_memory_does(self):
        shared = {"value": 1}
        for _ in range(60):
            shared = {"l": shared, "r": shared}
        (taken,) = values.to_floats({"shared": shared})
        self.assertEqual(len(taken), limits.VALUES_PER_RECORD)
        self.assertIn("behind the first", self.said.pop())
        deep = {"value": 1}
        for _ in range(20000):
            deep = {"d": deep}
        self.assertEqual(values.to_floats({"deep": deep, "b": 2}), [{"b": 2.0}])

    def test_what_raises_however_it_is_looked_at_loses_none_of_the_others(self):
        class Hostile(object):
            @property
            def __class__(self):
                raise ValueError("no")

            def __str__(self):
                raise ValueError("no")

        self.assertEqual(values.to_floats({"a": 1, "hostile": Hostile(), "b": 2}), [{"a": 1.0, "b": 2.0}])
        self.assertEqual(text_of(Hostile()), u"Hostile")

    def test_words_of_any_kind_have_a_text(self):
        for said in (u"\u9519", u"\u9519".encode("utf-8"), ValueError(u"\u9519")):
            self.assertEqual(text_of(said), u"\u9519")
        self.assertEqual(finish.message_of(ValueError(u"\u9519")), u"ValueError: \u9519")
        self.assertEqual([finish.message_of(none) for none in (None, "", 0, False)], [u""] * 4)

    def test_nested_names_are_joined_and_names_become_text(self):
        nested = {"val": {"loss": 1, "top": {5: 0.9}}, 7: 2}
        self.assertEqual(values.to_floats(nested), [{"val/loss": 1.0, "val/top/5": 0.9, "7": 2.0}])

    def test_of_two_values_with_one_name_neither_is_lost(self):
        self.assertEqual(values.to_floats({"a": {"b": 1, "c": 2}, "a/b": 3}), [{"a/b": 1.0, "a/c": 2.0}, {"a/b": 3.0}])
        self.assertEqual(self.said, [])

    def test_what_is_odd_never_raises(self):
        class Evil(object):
            def __repr__(self):
                raise ValueError("no")

            __str__ = __float__ = __hash__ = None

            def __getattr__(self, name):
                raise RuntimeError(name)

        circle = {"a": 1}
        circle["self"] = circle
        self.assertEqual(values.to_floats(circle), [{"a": 1.0}])
        self.assertEqual(values.to_floats({"evil": Evil(), "ok": 1}), [{"ok": 1.0}])
        for wrong in (float("nan"), float("inf"), "12", b"12", None, [], Evil(), 10 ** 400, 1j):
            self.assertIsNone(values.to_float(wrong, "step"), type(wrong))
            self.assertIsNone(values.to_ns(wrong), type(wrong))
        for moment in (1700000000000, -1e18, 1e300, datetime.datetime.max, datetime.datetime.min):
            self.assertIsNone(values.to_ns(moment), moment)

    def test_moments_are_seconds_or_datetimes(self):
        self.assertEqual(values.to_ns(1.5), 1500000000)
        local = datetime.datetime.fromtimestamp(1700000000) + datetime.timedelta(microseconds=250000)
        self.assertEqual(values.to_ns(local), 1700000000250000000)
        utc = datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=Utc())
        self.assertEqual(values.to_ns(utc), 1700000000000000000)
        self.assertEqual(self.said, [])
        self.assertIsNone(values.to_ns(1e12))
        self.assertIsNone(values.to_ns("noon"))
        self.assertIn("time", self.said[0])


class Utc(datetime.tzinfo):
    def utcoffset(self, moment):
        return datetime.timedelta(0)

    dst = utcoffset
