# -*- coding: utf-8 -*-
"""A JSON object of a file, and its values by dotted keys."""

from __future__ import absolute_import

import io
import json
import re

_INDEX = re.compile(r"(0|[1-9][0-9]*)\Z")


class Unreadable(Exception):
    """A file holds no JSON object; the text says why, and nothing of what is in it: it may be the user's keys."""


def read_json_object(path):
    """Reads a file that holds a JSON object, with or without a byte order mark.

    :raises Unreadable: for malformed JSON, or JSON that is not an object
    :raises EnvironmentError: when the file is missing or may not be read
    """
    return read_json_text(path)[1]


def read_json_text(path):
    """As :func:`read_json_object`, with the text of the object.

    :returns: the text without its byte order mark, the object
    """
    try:
        with io.open(path, encoding="utf-8-sig", newline="") as opened:
            text = opened.read()
        found = json.loads(text)
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8 (GBK or UTF-16, perhaps); save it as UTF-8")
    except (ValueError, RuntimeError):  # The latter for levels beyond the depth of recursion.
        raise Unreadable("it is not valid JSON")
    if not isinstance(found, dict):
        raise Unreadable("it does not hold a JSON object")
    return text, found


def value_at(root, key):
    """Finds the value of a dotted key: ``solverOps.stepvalue.0``. A key that contains dots itself is found when it
    is written out at its level; lists take indices.

    :returns: ``(value,)``, or ``None`` when there is no such key
    """
    if isinstance(root, dict) and key in root:
        return (root[key],)
    if isinstance(root, list) and _INDEX.match(key) and int(key) < len(root):
        return (root[int(key)],)
    if not isinstance(root, (dict, list)):
        return None
    dot = key.find(".")
    while dot >= 0:
        first = value_at(root, key[:dot])
        found = first and value_at(first[0], key[dot + 1 :])
        if found:
            return found
        dot = key.find(".", dot + 1)
    return None
