# -*- coding: utf-8 -*-
"""Reads journals for the tests, written from docs/formats/journal.md alone."""
from __future__ import absolute_import

import io
import json
import os
import struct
import zlib


def read_segment(path):
    """:returns: header and the list of (seq, type, payload); asserts every checksum"""
    with io.open(path, "rb") as source:
        data = source.read()
    magic, version, _, length = struct.unpack_from("<4sBBH", data)
    assert (magic, version) == (b"AVAJ", 1), path
    at = 8 + length
    assert struct.unpack_from("<I", data, at)[0] == zlib.crc32(data[:at]) & 0xFFFFFFFF
    header = json.loads(data[8:at].decode("utf-8"))
    at += 4
    records = []
    while at < len(data):
        size, checksum, seq, kind = struct.unpack_from("<IIQB", data, at)
        body = data[at + 8 : at + 17 + size]
        assert checksum == zlib.crc32(body) & 0xFFFFFFFF, (path, seq)
        records.append((seq, kind, body[9:]))
        at += 17 + size
    return header, records


def read_writers(folder):
    """:returns: for each writer its records in order, over all segments"""
    writers = {}
    for name in sorted(os.listdir(folder)):
        header, records = read_segment(os.path.join(folder, name))
        assert name == "%s.%06d.ava" % (header["writer"], header["segment"])
        if records:
            assert records[0][0] == header["firstSeq"]
        writers.setdefault(header["writer"], []).extend(records)
    return writers


def points_of(records):
    """:returns: list of (step, epoch, time in ns, {name: value})"""
    names = {}
    found = []
    for _, kind, payload in records:
        if kind == 1:
            names[struct.unpack_from("<I", payload)[0]] = json.loads(payload[4:].decode("utf-8"))["name"]
        elif kind == 2:
            step, epoch, time_ns = struct.unpack_from("<ddq", payload)
            row = dict(
                (names[series], value)
                for series, value in (struct.unpack_from("<Id", payload, at) for at in range(24, len(payload), 12))
            )
            found.append((step, epoch, time_ns, row))
    return found


def json_of(records, kind):
    """:returns: the JSON payloads of one type of record"""
    return [json.loads(payload.decode("utf-8")) for _, one, payload in records if one == kind]


def log_text_of(records):
    """:returns: the bytes of all records of text"""
    return b"".join(payload[9:] for _, kind, payload in records if kind == 3)
