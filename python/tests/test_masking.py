# -*- coding: utf-8 -*-
from __future__ import absolute_import

import io
import json
import os
import unittest

from ava.masking import mask_text

VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "vectors", "secrets.json")


class MaskingTest(unittest.TestCase):
    def test_what_looks_like_a_secret_is_masked_and_nothing_else(self):
        with io.open(VECTORS, encoding="utf-8") as file:
            vectors = json.loads(file.read().replace(u"<CUT>", u""))
        self.assertGreater(len(vectors["text"]), 30)
        for text, masked in vectors["text"]:
            self.assertEqual(masked, mask_text(text))
            self.assertEqual(masked, mask_text(masked))

    def test_long_and_strange_texts_cost_no_more_than_their_length(self):
        for part in ("a.", "key", "-----BEGIN RSA PRIVATE KEY-----\n", "http://a:", "eyJaaaaa.", "Authorization: ", "xoxb-"):
            text = part * (262144 // len(part))
            self.assertEqual(text.count("\n"), mask_text(text).count("\n"))


if __name__ == "__main__":
    unittest.main()
