# -*- coding: utf-8 -*-
from __future__ import absolute_import

import errno
import os

from ava.utils import config
from ava.utils.error import ConfigError
from seed_case import SeedCase


class ConfigTest(SeedCase):
    def test_gives_keys_defaults_and_errors(self):
        conf = config.Config.new_config(self.put("a.conf", {"key1": 1, "key2": {"key3": 2}}))
        self.assertEqual((conf.get_key("key1"), conf.get_key("key2.key3")), (1, 2))
        self.assertEqual((conf.get_key("key1.key4"), conf.get_key("key4.key5", default=3)), (None, 3))
        self.assertRaises(config.ConfigError, conf.get_key, "key4.key5", is_required=True)
        self.assertIs(config.ConfigError, ConfigError)

    def test_files_are_cached_until_told_otherwise(self):
        path = self.put("a.conf", {"k": 2})
        self.assertEqual(config.Config.new_config(path).get_key("k"), 2)
        self.put("a.conf", {"k": 3})
        self.assertEqual(config.Config.new_config(path).get_key("k"), 2)
        self.assertEqual(config.Config.new_config(path, use_cache=False).get_key("k"), 3)
        self.put("a.conf", {"k": 4})
        config.Config.clear_cache()
        self.assertEqual(config.Config.new_config(path).get_key("k"), 4)

    def test_missing_and_malformed_files_raise_without_their_content(self):
        self.assertRaises(ConfigError, config.Config, os.path.join(self.workspace, "none"))
        self.assertRaises(ConfigError, config.Config, None)
        with self.assertRaises(ConfigError) as caught:
            config.Config(self.put("bad", u'{"secret": "key"'))
        self.assertNotIn("secret", str(caught.exception))

    def test_whole_objects_have_native_strings(self):
        self.put("config/user", {u"名": [u"值", 1]})
        self.assertEqual(config.fetch_config_obj(self.workspace, "user"), {"名": ["值", 1]})
        self.assertEqual(config.fetch_config_obj(self.workspace, "user", use_str=False), {u"名": [u"值", 1]})
        self.assertEqual(type(config.byteify(u"a")), str)
        for error in (ConfigError, IOError):
            self.assertRaises(error, config.fetch_config_obj, self.workspace, "worker")
        try:
            config.fetch_config_obj(self.workspace, "worker")
        except IOError as error:
            self.assertEqual((error.errno, error.filename), (errno.ENOENT, os.path.join(self.workspace, "config/worker")))
            self.assertIn("worker", str(error))
        self.put("config/worker", u"{")
        for error in (ConfigError, ValueError):
            self.assertRaises(error, config.fetch_config_obj, self.workspace, "worker")

    def test_an_unreadable_file_of_the_platform_gives_defaults_and_a_warning(self):
        self.assertEqual(config.fetch_config(self.workspace, "trainingspec", "a", default=1), 1)
        self.assertEqual(self.warnings, [])
        self.put("config/trainingspec", u"{")
        self.assertEqual(config.fetch_config(self.workspace, "trainingspec", "a", default=1), 1)
        self.assertEqual(len(self.warnings), 1)
        self.assertRaises(ConfigError, config.fetch_config, self.workspace, "trainingspec", "a", is_required=True)

    def test_batch_sizes(self):
        both, one = {"batchSize": 64, "valBatchSize": 16}, {"batchSize": 64}
        for solver, resource, expected in (
            (both, {"cpuCores": 0}, (64, 64, 16)),
            (both, {"gpus": 0}, (64, 64, 16)),
            (both, {"gpus": 1}, (64, 64, 16)),
            (both, {"gpus": 4}, (64, 256, 64)),
            (one, {}, (64, 64, 64)),
            (one, {"gpus": 4}, (64, 256, 256)),
        ):
            self.put("config/trainingspec", {"solverOps": solver, "resource": resource})
            config.Config.clear_cache()
            self.assertEqual(config.get_batch_size(self.workspace), expected)
        self.put("config/trainingspec", {"solverOps": {}})
        config.Config.clear_cache()
        self.assertRaises(ConfigError, config.get_batch_size, self.workspace)

    def test_crop_sizes(self):
        nothing = (None, None)
        for size, expected in (
            ("None", nothing), ("none", nothing), ("nonen", nothing), (1, (1, 1)), ("222", (222, 222)), ("222.1", nothing),
            ("100x200", (100, 200)), ("100X200", (100, 200)), ("100*200", nothing), ("100x 200", (100, 200)), ("100.1x200", nothing),
        ):  # fmt: skip
            self.put("config/modelspec", {"inputUnify": {"cropSize": size}})
            config.Config.clear_cache()
            self.assertEqual(config.get_crop_size(self.workspace), expected, size)
        self.put("config/modelspec", {"inputUnify": {}})
        config.Config.clear_cache()
        self.assertEqual(config.get_crop_size(self.workspace), (227, 227))

    def test_csv_and_mean_values(self):
        path = self.put("model/mean.csv", u"0.1,0.2,0.3\n0.4,0.5,名\n")
        self.assertEqual(config.load_csv(path), [["0.1", "0.2", "0.3"], ["0.4", "0.5", "名"]])
        self.assertEqual(config.get_mxnet_mean_values(self.workspace), (0.1, 0.2, 0.3))
        for content in (u"0.1,0.2\n", u"a,b,c\n", u"", b"\xff,1,2\n"):
            self.put("model/mean.csv", content)
            self.assertEqual(config.get_mxnet_mean_values(self.workspace), (None, None, None))
        os.remove(path)
        self.assertEqual(config.get_mxnet_mean_values(self.workspace), (None, None, None))
        self.assertEqual(config.load_csv(path), [])
