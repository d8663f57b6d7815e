# -*- coding: utf-8 -*-
"""Bytes of the journal's records and segment heads. The format is docs/formats/journal.md of the repository."""
from __future__ import absolute_import

import json
import struct
import sys
import zlib

SERIES, POINTS, LOG, FACTS, EVENT, DROPS = 1, 2, 3, 4, 5, 6
"""Numbers of the record types."""

STDOUT, STDERR, LOGGER = 1, 2, 3
"""Numbers of the log streams."""

_FRAME = struct.Struct("<II")
_HEAD = struct.Struct("<QB")
_LOG = struct.Struct("<qB")
_SEGMENT = struct.Struct("<4sBBH")
_CRC = struct.Struct("<I")
_U32 = struct.Struct("<I")
_MASK = 0xFFFFFFFF
_INFINITE = float("inf")
_LARGEST = sys.float_info.max

HEAD_BYTES = _SEGMENT.size + 0xFFFF
"""Longest head of a segment, without its checksum."""

_point_rows = {}


def encode(seq, kind, payload):
    """Encodes a record.

    :param seq: its number
    :param kind: type of the record
    :param payload: bytes
    :returns: bytes of the record
    """
    body = _HEAD.pack(seq, kind) + payload
    return _FRAME.pack(len(payload), zlib.crc32(body) & _MASK) + body


def encode_points(seq, step, epoch, time_ns, row):
    """Encodes a points record.

    :param row: series id, value, series id, value, ...
    :returns: bytes of the record
    """
    count = len(row)
    layout = _point_rows.get(count)
    if layout is None:
        layout = _point_rows[count] = struct.Struct("<QBddq" + "Id" * (count // 2))
    body = layout.pack(seq, POINTS, step, epoch, time_ns, *row)
    return _FRAME.pack(layout.size - 9, zlib.crc32(body) & _MASK) + body


def series_payload(series_id, name, labels):
    """:returns: payload that defines the number of a series for its writer"""
    return _U32.pack(series_id) + b'{"name":%s,"labels":%s}' % (json_bytes(name), json_bytes(labels))


def log_payload(time_ns, stream, text):
    """:param text: bytes :returns: payload of a piece of log"""
    return _LOG.pack(time_ns, stream) + text


def segment_head(header):
    """:param header: fields of the header :returns: bytes before the first record of a segment"""
    fields = json_bytes(header)
    head = _SEGMENT.pack(b"AVAJ", 1, 0, len(fields)) + fields
    return head + _CRC.pack(zlib.crc32(head) & _MASK)


def segment_header(head):
    """:param head: first bytes of a segment, at least :data:`HEAD_BYTES` where it has so many
    :returns: fields of its header; ``None`` where they are not all there yet"""
    if len(head) < _SEGMENT.size:
        return None
    magic, version, _, length = _SEGMENT.unpack_from(head)
    if magic != b"AVAJ" or version != 1 or len(head) < _SEGMENT.size + length:
        return None
    return json.loads(head[_SEGMENT.size : _SEGMENT.size + length].decode("utf-8"))


def json_bytes(value):
    """Encodes what a record says. What JSON has no word for becomes text, NaN and the infinities included.

    :returns: bytes
    """
    try:
        text = json.dumps(value, allow_nan=False, default=_plain, separators=(",", ":"))
    except (ValueError, TypeError):
        text = json.dumps(_sayable(value), default=str, separators=(",", ":"))
    return text.encode("utf-8")


def _plain(value):
    if hasattr(value, "tolist"):  # NumPy's numbers and arrays
        return value.tolist()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    return str(value)


def _sayable(value):
    if isinstance(value, dict):
        return dict((_sayable(name), _sayable(one)) for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return [_sayable(one) for one in value]
    if isinstance(value, float):
        return value if abs(value) <= _LARGEST else {_INFINITE: "Infinity", -_INFINITE: "-Infinity"}.get(value, "NaN")
    if value is None or isinstance(value, (bool, int, type(u""))):
        return value
    return _sayable(_plain(value))
