# -*- coding: utf-8 -*-
from __future__ import absolute_import

import binascii
import io
import json
import os
import struct
import unittest

from ava.journal import record

# Python 2.7's own NaN has a sign.
NAN = struct.unpack("<d", b"\0\0\0\0\0\0\xf8\x7f")[0]
VECTORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/vectors/journal-vectors.json")


def encoded(one):
    kind, seq = one["kind"], one["seq"]
    if kind == "points":
        row = []
        for series, value in one["row"]:
            row += [series, NAN if value == "NaN" else float(value)]
        epoch = NAN if one["epoch"] is None else one["epoch"]
        return record.encode_points(seq, float(one["step"]), epoch, int(one["timeNs"]), row)
    if kind == "series":
        return record.encode(seq, record.SERIES, record.series_payload(one["id"], one["name"], one["labels"]))
    if kind == "log":
        payload = record.log_payload(int(one["timeNs"]), one["stream"], one["text"].encode("utf-8"))
        return record.encode(seq, record.LOG, payload)
    return record.encode(seq, getattr(record, kind.upper()), record.json_bytes(one["json"]))


class VectorsTest(unittest.TestCase):
    def test_records_and_heads_are_the_bytes_that_every_implementation_writes(self):
        with io.open(VECTORS, encoding="utf-8") as source:
            vectors = json.load(source)
        head = record.segment_head(vectors["head"]["header"])
        self.assertEqual(binascii.hexlify(head).decode("ascii"), vectors["head"]["bytes"])
        for one in vectors["records"]:
            self.assertEqual(binascii.hexlify(encoded(one)).decode("ascii"), one["bytes"], one)
