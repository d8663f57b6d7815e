# -*- coding: utf-8 -*-
"""A metric as a line of InfluxDB's line protocol, with nanoseconds, as the platform's route of 2018 takes it."""
from __future__ import absolute_import

_TEXTS = (type(""), type(u""))


def encode(metric):
    """对 metric 进行编码

    :param metric: :class:`ava.monitor.probe.protocol.metric.ProbeMetric`
    :returns: one line, without its end
    """
    line = encode_measurement(metric.measurement) + encode_tag_list(metric.tagk_list, metric.tagv_list)
    line += " " + encode_field_list(metric.fieldk_list, metric.fieldv_list)
    return line if metric.time is None else "%s %d" % (line, int(metric.time * 1000000000))


def encode_measurement(measurement):
    """:returns: a name with its commas and spaces escaped"""
    return _escaped(measurement, ", ")


def encode_tag_list(tagk_list, tagv_list):
    """:returns: ``,name=value`` for each tag; nothing where the lists do not match"""
    return "".join("," + pair for pair in _pairs(tagk_list, tagv_list, encode_tag))


def encode_tag(tag):
    """:returns: name or value of a tag, escaped"""
    return _escaped(tag, ", =")


def encode_field(field):
    """:returns: name of a field, escaped"""
    return encode_tag(field)


def encode_field_list(fieldk_list, fieldv_list):
    """:returns: ``name=value`` for each field, with commas between; nothing where the lists do not match"""
    return ",".join(_pairs(fieldk_list, fieldv_list, encode_field_value))


def encode_field_value(value):
    """:returns: a number, ``true`` or ``false``, or text in quotes; nothing for other types"""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _TEXTS):
        return '"%s"' % _escaped(value, ', ="')
    return str(value) if isinstance(value, (int, float)) else ""


def _pairs(names, values, encode_value):
    if len(names) != len(values):
        return []
    return ["%s=%s" % (encode_tag(name), encode_value(value)) for name, value in zip(names, values)]


def _escaped(raw, characters):
    text = raw if isinstance(raw, _TEXTS) else str(raw)
    return "".join("\\" + character if character in characters else character for character in text)
