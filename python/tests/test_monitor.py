# -*- coding: utf-8 -*-
from __future__ import absolute_import

import importlib
import unittest

from ava import notices
from ava.monitor import caffe, common, config, guard, progress
from ava.monitor import mxnet as mxnet_monitor
from ava.train.callbacks import FRAMEWORKS


class Lines(object):
    def __init__(self, *arguments, **options):
        self.made_with = arguments, options
        self.written = []

    def write(self, line):
        self.written.append(line)


class Instance(object):
    """What the callbacks touch of a TrainInstance."""

    def __init__(self):
        self.uploads = []
        self.files = []

    def lines(self, *arguments, **options):
        self.files.append(Lines(*arguments, **options))
        return self.files[-1]

    def upload_snapshot_model(self, *arguments):
        self.uploads.append(arguments)


class MonitorTest(unittest.TestCase):
    def setUp(self):
        self.words = []
        original = notices.warn
        notices.warn = self.words.append
        self.addCleanup(setattr, notices, "warn", original)
        self.instance = Instance()

    def test_every_framework_has_both_callbacks_without_being_installed(self):
        for name in FRAMEWORKS:
            module = importlib.import_module("ava.monitor." + name)
            self.assertTrue(callable(module.monitor_callback) and callable(module.epoch_end_callback), name)

    def test_a_missing_or_wrong_argument_is_named(self):
        for arguments, words in [
            ({"batch_freq": 1}, "batch_size is missing"),
            ({"batch_size": 1}, "batch_freq is missing"),
            ({"batch_size": 0, "batch_freq": 1}, "batch_size is 0"),
            ({"batch_size": "8", "batch_freq": 1}, "batch_size is '8'"),
        ]:
            self.assertIsNone(mxnet_monitor.monitor_callback(self.instance, **arguments))
            self.assertIn(words, self.words.pop())
        self.assertIsNone(mxnet_monitor.epoch_end_callback(self.instance, epoch_interval=2))
        self.assertIsNone(caffe.epoch_end_callback(self.instance, other_files=[]))
        self.assertEqual(["batch_of_epoch is missing" in words for words in self.words], [True, True])

    def test_mxnet_uploads_every_nth_epoch(self):
        callback = mxnet_monitor.epoch_end_callback_builder(self.instance, 10.0, ["a"], epoch_interval=2)
        for iter_no in range(4):
            callback(iter_no, None, {}, {})
        self.assertEqual(self.instance.uploads, [(2, 10, ["a"]), (4, 10, ["a"])])

    def test_errors_are_told_once_and_others_get_through(self):
        def fail(error):
            raise error

        callback = guard.Guard("mxnet").wrap(fail)
        for _ in range(3):
            self.assertIsNone(callback(ValueError("no")))
        self.assertEqual(len(self.words), 1)
        self.assertIn("the mxnet callback failed; the training goes on", self.words[0])
        self.assertRaises(KeyboardInterrupt, callback, KeyboardInterrupt())

    def test_caffe_hands_all_lines_to_metrics_and_few_to_snapshots(self):
        monitor = caffe.monitor_callback(self.instance, batch_of_epoch=100)
        epoch_end = caffe.epoch_end_callback(self.instance, batch_of_epoch=100, other_files=["net"])
        lines = ["Iteration 1, loss = 1\n", "Snapshotting to binary proto file a_iter_1.caffemodel\n", b"Snapshotting solver state\n"]
        for line in lines:
            monitor(line)
            epoch_end(line)
        metrics, snapshots = self.instance.files
        self.assertEqual(metrics.made_with, (("caffe", "metrics"), {"batch_of_epoch": 100}))
        self.assertEqual(metrics.written, lines)
        self.assertEqual(snapshots.made_with, (("caffe", "snapshots"), {"batch_of_epoch": 100, "other_files": ["net"]}))
        self.assertEqual(snapshots.written, lines[1:])

    def test_steps_of_mxnet_go_on_over_epochs(self):
        for batch_of_epoch, first_epoch, expected in [
            (3, 0, [0, 1, 2, 3, 4, 5]),
            (None, 0, [0, 1, 2, 3, 4, 5]),
            (3, 7, [21, 22, 23, 24, 25, 26]),
            (None, 7, [0, 1, 2, 3, 4, 5]),
        ]:
            counter = progress.BatchCounter(batch_of_epoch)
            found = [counter.step_of(epoch, nbatch) for epoch in (first_epoch, first_epoch + 1) for nbatch in range(3)]
            self.assertEqual(found, expected)

    def test_steps_of_keras_go_on_over_fits_and_steps_per_execution(self):
        counter = progress.FitProgress()
        places = []
        for fit in range(2):
            counter.begin_fit(4)
            counter.begin_epoch(0)
            for last_of_two in (1, 3):
                counter.end_batch(last_of_two)
                places.append((counter.step, counter.epoch))
            counter.end_epoch()
        self.assertEqual(places, [(2, 0.5), (4, 1.0), (6, 1.5), (8, 2.0)])
        resumed = progress.FitProgress()
        resumed.begin_fit(4)
        resumed.begin_epoch(5)
        resumed.end_batch(0)
        self.assertEqual((resumed.step, resumed.epoch), (21, 5.25))

    def test_constants_and_config_of_2018(self):
        self.assertEqual(common.DEFAULT_METRIC_DISPLAY_BATCH_FREQ, 10)
        self.assertEqual(common.TRAINING_LR, "ava_metric_training_learning_rate")
        empty = config.TrainConfig()
        self.assertEqual((empty.job_type, empty.training_sample_num), ("", 0))
        self.assertEqual(config.TrainConfig("training", "job", batch_num_of_epoch=5).batch_num_of_epoch, 5)


if __name__ == "__main__":
    unittest.main()
