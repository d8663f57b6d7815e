# -*- coding: utf-8 -*-
"""Numbers of a training, from whatever a framework calls a number."""
from __future__ import absolute_import

from ava import notices

_TEXTS = (str, bytes, type(u""))


def to_floats(metrics):
    """Takes numbers and leaves the rest out, with a warning, so that a wrong value never ends a training loop.

    :param metrics: values by name; in place of a value a dictionary of more, whose names are joined by ``/``
    :returns: floats by name
    """
    taken = {}
    left_out = []
    _take(metrics, "", taken, left_out)
    if left_out:
        notices.warn("log() takes numbers; left out: %s" % ", ".join(left_out))
    return taken


def _take(metrics, prefix, taken, left_out):
    for name, value in metrics.items():
        name = prefix + _text(name)
        if isinstance(value, dict):
            _take(value, name + "/", taken, left_out)
            continue
        try:
            if isinstance(value, _TEXTS):
                raise TypeError
            # NumPy's, PyTorch's, TensorFlow's and MXNet's own numbers, also as arrays of one.
            for method in ("item", "asscalar"):
                if hasattr(value, method):
                    value = getattr(value, method)()
                    break
            taken[name] = float(value)
        except Exception:  # Whatever it is, it is no number.
            left_out.append("%s (%s)" % (name, type(value).__name__))


def _text(name):
    if isinstance(name, bytes):
        return name if str is bytes else name.decode("utf-8", "replace")
    return name if isinstance(name, _TEXTS) else str(name)
