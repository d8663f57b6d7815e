# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os
import re
import time
from datetime import datetime

from ava.utils import date, error, tool, utils
from ava.utils.config import Config
from seed_case import SeedCase


class UtilsTest(SeedCase):
    def test_fetches_from_each_of_the_platforms_files(self):
        for name, call in (
            ("trainingspec", utils.fetch_config_from_trainingspec),
            ("modelspec", utils.fetch_config_from_modelspec),
            ("user", utils.fetch_config_from_userinfo),
            ("worker", utils.fetch_config_from_workerinfo),
            ("evaluationinfo", utils.fetch_config_from_evaluationinfo),
            ("trainsetinfo", utils.fetch_config_from_samplesetinfo),
            ("valsetinfo", lambda key, **kwargs: utils.fetch_config_from_samplesetinfo(key, data_type="val", **kwargs)),
            ("testsetinfo", lambda key, **kwargs: utils.fetch_config_from_samplesetinfo(key, "test", **kwargs)),
        ):
            self.assertEqual(call("a.b", default="no"), "no")
            self.assertRaises(error.ConfigError, call, "a.b", is_required=True)
            self.put("config/" + name, {"a": {"b": name}})
            self.assertEqual(call("a.b"), name)
            self.put("config/" + name, {"a": {"b": 2}})
            self.assertEqual((call("a.b"), call("a.b", use_cache=False)), (name, 2))
        self.assertEqual(utils.fetch_config_from_samplesetinfo("a", data_type="none", default=7), 7)

    def test_the_whole_training(self):
        self.assertEqual(utils.fetch_all_from_trainingspec(), {})
        self.put("config/trainingspec", {"name": "t"})
        self.assertEqual(utils.fetch_all_from_trainingspec(), {"name": "t"})
        self.put("config/trainingspec", u"[")
        self.assertEqual((utils.fetch_all_from_trainingspec(), len(self.warnings)), ({}, 1))

    def test_batch_sizes(self):
        for params, gpus, expected in (
            ({}, None, (8, 8, 8)),
            ({"batchSize": 32}, 0, (32, 32, 32)),
            ({"batchSize": 32}, 4, (32, 128, 128)),
            ({"batchSize": 32, "valBatchSize": 5}, 2, (32, 64, 10)),
        ):
            self.put("params/default.json", {"solverOps": params})
            self.put("config/trainingspec", {"resource": {"gpus": gpus} if gpus is not None else {}})
            Config.clear_cache()
            self.assertEqual(utils.get_batch_size(), expected)

    def test_cores(self):
        self.assertEqual(utils.get_cores(), (False, 1))
        for gpus, expected in ((0, (False, 0)), (4, (True, 4)), (None, (False, 1))):
            self.put("config/trainingspec", {"resource": {"gpus": gpus}})
            Config.clear_cache()
            self.assertEqual(utils.get_cores(), expected)

    def test_crop_sizes(self):
        self.assertEqual(utils.get_crop_size(), (227, 227))
        for size, expected in (("none", (None, None)), ("123", (123, 123)), (64, (64, 64)), ("123x456", (123, 456))):
            self.put("config/modelspec", {"inputUnify": {"cropSize": size}})
            Config.clear_cache()
            self.assertEqual(utils.get_crop_size(), expected)
        self.assertEqual(self.warnings, [])
        self.put("config/modelspec", {"inputUnify": {"cropSize": "12y"}})
        Config.clear_cache()
        self.assertEqual((utils.get_crop_size(), len(self.warnings)), ((None, None), 1))

    def test_numbers_of_data_sets(self):
        self.assertEqual((utils.get_sampleset_num(), utils.get_sampleset_class_num()), (0, 0))
        self.put("config/trainsetinfo", {"stats": {"numOfSamples": 60000, "numOfClasses": 10}})
        self.put("config/valsetinfo", {"stats": {"numOfSamples": 7}})
        self.assertEqual((utils.get_sampleset_num(), utils.get_sampleset_class_num("train")), (60000, 10))
        self.assertEqual((utils.get_sampleset_num(data_type="val"), utils.get_sampleset_class_num("val")), (7, 0))

    def test_rounds_up(self):
        self.assertEqual([utils.ceil_by_level(num, 100) for num in (0, 1, 100, 101, 937.5)], [0, 100, 100, 200, 1000])
        self.assertEqual(
            (utils.ceil_by_level(7.1), utils.ceil_by_level(123, 10), type(utils.ceil_by_level(7))), (8, 130, int)
        )

    def test_job_id(self):
        os.environ["JOB_NAME"] = "a-b-42-c"
        self.assertEqual(utils.get_job_id(), "42")


class DateTest(SeedCase):
    def zone(self, name):
        os.environ["TZ"] = name
        time.tzset()
        self.addCleanup(time.tzset)

    def test_rfc3339_has_the_local_time_and_its_distance(self):
        for zone, expected in (
            ("Asia/Shanghai", "2017-08-21T16:59:15+08:00"),
            ("UTC", "2017-08-21T08:59:15+00:00"),
            ("America/New_York", "2017-08-21T04:59:15-04:00"),
            ("Asia/Kolkata", "2017-08-21T14:29:15+05:30"),
        ):
            self.zone(zone)
            self.assertEqual(date.get_datetime_in_rfc3339(1503305955), expected)
            self.assertEqual(date.get_datetime_in_rfc3339(1503305955.75), expected)
        self.zone("UTC")
        self.assertEqual(date.get_datetime_in_rfc3339(0), "1970-01-01T00:00:00+00:00")
        self.assertTrue(re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00\Z", date.get_datetime_in_rfc3339()))

    def test_underscores(self):
        self.assertEqual(date.get_datetime_in_underscore(datetime(2017, 6, 13, 10, 13, 6)), "2017_6_13_10_13_6")
        self.assertEqual(len(date.get_datetime_in_underscore().split("_")), 6)


class ToolTest(SeedCase):
    def test_lists(self):
        whole = list(range(19))
        self.assertEqual(tool.chunk(whole, 5)[1::2], [[5, 6, 7, 8, 9], [15, 16, 17, 18]])
        self.assertEqual((tool.chunk([], 1), tool.chunk([1], 5)), ([], [[1]]))
        self.assertEqual(tool.divide_list(whole, 5)[2::2], [[8, 9, 10, 11], [16, 17, 18]])
        self.assertEqual(tool.divide_list([1], 3), [[1], [], []])
        self.assertEqual((tool.divide_list([], 2), tool.divide_list([1], 0)), ([[], []], []))

    def test_dicts(self):
        self.assertEqual(tool.merge_dicts({"a": 1, "b": 2}, None, {"b": 3}), {"a": 1, "b": 3})

    def test_pictures(self):
        for header, expected in (
            (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "jpeg"),
            (b"\xff\xd8\xff\xe1\0\x10Exif\0", "jpeg"),
            (b"\x89PNG\r\n\x1a\n", "png"),
            (b"GIF89a", None),
            (b"", None),
        ):
            self.assertEqual(tool.probe_img_format(self.put("picture", header)), expected)


class ErrorTest(SeedCase):
    def test_texts(self):
        for kind in (error.ProbeError, error.CaffeMonitorError, error.MxnetMonitorError):
            self.assertEqual((str(kind("m")), kind("m").msg), ("m", "m"))
        self.assertEqual(str(error.TrainConfigError((1, 2))), "invalid train config: (1, 2)")
        self.assertTrue(issubclass(error.ConfigError, Exception))
