# -*- coding: utf-8 -*-
"""The monitors and the probe that scripts of 2018 make themselves."""
from __future__ import absolute_import

import datetime
import os

from ava.monitor import caffe, common, mxnet
from ava.monitor.config import TrainConfig
from ava.monitor.parser import caffe as caffe_parser
from ava.monitor.probe.probe import Probe, ProbeConfig, ProbeMetric
from ava.monitor.probe.protocol.encode import encode
from ava.train import base
from ava.utils.error import CaffeMonitorError, MxnetMonitorError, ProbeError
from seed_case import SeedCase

STAMP = "I0613 10:21:26.202908   202 solver.cpp:218] "


class Instance(object):
    training_ins_id = "one"

    def __init__(self):
        self.logged, self.taken = [], []

    def log(self, metrics, step=None, epoch=None, time=None):
        self.logged.append((metrics, step, epoch, time))

    def lines(self, parser, purpose, batch_of_epoch=None):
        self.asked = (parser, purpose, batch_of_epoch)
        return self

    def write(self, line):
        self.taken.append(line)


class MonitorCase(SeedCase):
    def setUp(self):
        super(MonitorCase, self).setUp()
        self.instance = Instance()
        base._live.append(self.instance)
        self.addCleanup(base._live.remove, self.instance)


def metric(measurement, fields, **tags):
    found = ProbeMetric()
    found.measurement, found.time = measurement, 1528885285.5
    found.tagk_list, found.tagv_list = list(tags), list(tags.values())
    found.fieldk_list, found.fieldv_list = list(fields), list(fields.values())
    return found


class ProbeTest(MonitorCase):
    def test_marks_go_to_the_instance_under_todays_names(self):
        probe = Probe(ProbeConfig(server_path="v1/report/trainings/one/metric"))
        metrics = [
            metric(common.TRAINING_LOSS, {"value": 0.25}, id="one", batch=7, epoch=1),
            metric(common.TRAINING_META_INFO, {"value": 1}, id="one", batch=7),
            metric("own", {"value": 2}, batch="8"),
            metric("gpu", {"used": 3, "free": 4}),
        ]
        self.assertTrue(probe.mark(metrics))
        at = 1528885285.5
        self.assertEqual(self.instance.logged[:2], [({"loss": 0.25}, 7.0, 1.0, at), ({"own": 2}, 8.0, None, at)])
        self.assertEqual(self.instance.logged[2:], [({"gpu/used": 3, "gpu/free": 4}, None, None, at)])

    def test_what_cannot_be_recorded_is_false_and_told(self):
        base._live.remove(self.instance)
        self.addCleanup(base._live.append, self.instance)
        self.assertFalse(Probe(ProbeConfig()).mark([metric("own", {"value": 2})]))
        self.assertRaises(ProbeError, Probe, None)
        self.assertRaises(CaffeMonitorError, caffe.CaffeMonitor, TrainConfig(), ProbeConfig())
        self.assertRaises(MxnetMonitorError, mxnet.MxnetMonitor, TrainConfig(batch_size=1), ProbeConfig())

    def test_lines_are_those_of_the_line_protocol(self):
        one = metric("m,= etric", {"field 1": 1.0}, **{"tag,= 1": 'tag,= "1'})
        self.assertEqual(encode(one), 'm\\,=\\ etric,tag\\,\\=\\ 1=tag\\,\\=\\ "1 field\\ 1=1.0 1528885285500000000')
        values = (("text", '"text"'), (u'a "b"', '"a\\ \\"b\\""'), (123, "123"), (True, "true"), (None, ""))
        for value, expected in values:
            found = metric("m", {"f": value})
            found.time = None
            self.assertEqual(encode(found), "m f=" + expected)


class MonitorsTest(MonitorCase):
    def test_caffes_monitor_hands_lines_on(self):
        monitor = caffe.CaffeMonitor(TrainConfig(training_ins_id="one", batch_num_of_epoch=500), ProbeConfig())
        monitor.monitor_from_log("Iteration 0, loss = 1")
        self.assertEqual((self.instance.asked, self.instance.taken), (("caffe", "metrics", 500), ["Iteration 0, loss = 1"]))

    def test_mxnets_monitor_records_each_batch_it_gets(self):
        class Param(object):
            epoch, nbatch, locals = 1, 3, {"self": type("Module", (), {"_optimizer": type("Sgd", (), {"learning_rate": 0.1})})}
            eval_metric = type("Metric", (), {"get_name_value": lambda self: [("cross-entropy", 0.5)]})()

        config = TrainConfig(training_ins_id="one", batch_size=10, training_sample_num=100, batch_num_of_epoch=10)
        mxnet.MxnetMonitor(config, ProbeConfig()).monitor_callback(Param)
        self.assertEqual(self.instance.logged, [({"samples": 130, "loss": 0.5}, 13, 1, None), ({"lr": 0.1}, 13, 1, None)])
        calls = []
        mxnet.monitor_wrapper(lambda param: calls.append("shown"), lambda param: calls.append("told"), 3)(Param)
        self.assertEqual(calls, ["told", "shown"])

    def test_default_configs_say_what_the_container_knows(self):
        self.put("config/trainsetinfo", {"stats": {"numOfSamples": 101}})
        os.environ["JOB_NAME"] = "a-b-42"
        config = mxnet.get_default_train_config(batch_size=10)
        self.assertEqual((config.job_id, config.training_ins_id, config.batch_num_of_epoch), ("42", "one", 11))
        self.assertEqual(mxnet.get_default_probe_config("x").server_path, "v1/report/trainings/x/metric")

    def test_single_lines_of_caffe_are_parsed(self):
        def told(line):
            found = caffe_parser.parse(line)
            return (found.iteration, found.lr, found.loss, found.accuracy)

        self.assertEqual(told(STAMP + "Iteration 100 (1.6 iter/s), loss = 2.36947"), (100, None, 2.36947, None))
        self.assertEqual(told(STAMP + "Iteration 9900, lr = 1e-05"), (9900, 1e-05, None, None))
        self.assertEqual(told(STAMP + "    Test net output #0: accuracy = 0.1215"), (None, None, None, 0.1215))
        self.assertEqual(told(STAMP + "    Train net output #0: accuracy = 0.1215"), (None,) * 4)
        self.assertEqual(told("Iteration 5, loss = 1"), (5, None, None, None))
        found = caffe_parser.parse(STAMP).dt
        self.assertEqual((found.hour, found.minute, found.second, found.microsecond), (10, 21, 26, 202908))
        self.assertLess(abs(found - datetime.datetime.now()), datetime.timedelta(days=184))
