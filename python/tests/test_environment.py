# -*- coding: utf-8 -*-
from __future__ import absolute_import

import ast
import json
import os
import pickle

from ava.env import environment
from ava.env.environment import Environment
from journal_reader import read_writers
from seed_case import SeedCase


class EnvironmentTest(SeedCase):
    def folder(self, name):
        path = os.path.join(self.workspace, name)
        os.makedirs(path)
        return path

    def test_knows_the_containers_files(self):
        env = Environment()
        expected = {
            "workdir": "", "config_base_path": "config", "params_base_path": "params", "params_file": "params/default.json",
            "data_dir": "data", "trainset_base_path": "data/train", "valset_base_path": "data/val", "testset_base_path": "data/test",
            "trainset_spec_file": "config/trainsetinfo", "valset_spec_file": "config/valsetinfo",
            "testset_spec_file": "config/testsetinfo", "model_base_path": "model", "model_spec_file": "config/modelspec",
            "training_spec_file": "config/trainingspec", "user_info_file": "config/user", "worker_info_file": "config/worker",
            "evaluation_info_file": "config/evaluationinfo", "dataset_info_file": "config/datasetinfo",
        }  # fmt: skip
        for name, path in expected.items():
            self.assertEqual(getattr(env, name), os.path.join(self.workspace, path).rstrip("/"), name)
        self.assertEqual((env.group_dir, env.bucket_dir), ("", ""))
        self.assertEqual(os.listdir(self.workspace), [])

    def test_there_is_one(self):
        first = Environment(workdir=self.folder("w"))
        self.assertIs(Environment(workdir=self.workspace), first)
        self.assertIs(pickle.loads(pickle.dumps(first, 2)), first)
        self.assertEqual(Environment().workdir, os.path.join(self.workspace, "w"))

    def test_mounted_folders_win(self):
        data, group, bucket = [self.folder("mnt/" + name) for name in ("data", "group", "bucket")]
        self.folder("data")
        env = Environment()
        self.assertEqual((env.data_dir, env.group_dir, env.bucket_dir), (data, group, bucket))
        self.assertEqual(env.trainset_base_path, os.path.join(data, "train"))

    def test_is_reset_to_folders_that_exist(self):
        env = Environment()
        other, sets = self.folder("other"), self.folder("sets")
        env.reset_path(workdir="/no/such/folder", data_dir="/no/such/folder")
        self.assertEqual(env.workdir, self.workspace)
        env.reset_path(workdir=other, data_dir=sets)
        self.assertEqual(env.params_file, os.path.join(other, "params/default.json"))
        self.assertEqual(env.valset_base_path, os.path.join(sets, "val"))
        env.reset_path()
        self.assertEqual(env.data_dir, sets)
        env.reset_basedir()
        self.assertEqual(env.data_dir, os.path.join(other, "data"))

    def test_the_workspace_is_that_of_the_variable_else_the_containers_else_one_here(self):
        os.environ.pop("AVA_WORKSPACE")
        expected = "/workspace" if os.access("/workspace", os.W_OK | os.X_OK) else os.path.abspath("ava-workspace")
        self.assertEqual(Environment(workdir="/no/such/folder").workdir, expected)

    def test_a_named_workspace_is_that_of_runs_params_and_config_before_the_variable(self):
        for name in ("explicit", "sets"):
            self.folder(name)
        self.put("explicit/params/default.json", {"lr": 0.5})
        self.put("explicit/config/trainingspec", {"name": "named-here"})
        script = """
import os, sys
from ava.env.environment import Environment
Environment(workdir="explicit", data_dir="sets")
from ava.params import params
from ava.train import base as train
ins = train.TrainInstance("one")
print(repr([ins.get_base_path(), ins.get_trainset_base_path(), ins.get_model_base_path(), params.get_value("lr"), str(ins.training_name)]))
print(repr([ins.train_ins_spec["params"]["lr"], os.path.isdir("run")]))
import pickle, subprocess
child = "import pickle, sys; ins = pickle.loads(eval(sys.argv[1])); print(repr([ins.get_trainset_base_path(), ins.env.workdir]))"
sys.stdout.flush()
subprocess.call([sys.executable, "-c", child + "; sys.stdout.flush(); import os; os.kill(os.getpid(), 9)", repr(pickle.dumps(ins))])
os.kill(os.getpid(), 9)  # Without the wait for an agent.
"""
        os.environ["AVA_AGENT"] = "tcp:127.0.0.1:1"
        _, out, err = self.run_script(script)
        base = os.path.join(os.path.realpath(self.workspace), "explicit")
        first, second, third = [ast.literal_eval(line) for line in out.decode("utf-8").splitlines()]
        self.assertEqual(first, [os.path.join(base, "run", "one"), "sets/train", os.path.join(base, "model"), 0.5, "named-here"], err)
        self.assertEqual(second, [0.5, False])
        self.assertEqual(third, ["sets/train", base])

    def test_trainings_and_instances_have_names_in_any_language(self):
        os.environ["AVA_AGENT"] = "tcp:127.0.0.1:1"
        self.put("config/trainingspec", {"name": u"\u56fe\u50cf cafe\u0301"})
        script = u"""
import os, sys
from ava.train import base as train
ins = train.TrainInstance("one", name=u"\u57fa\u7ebf A/B")
train.TrainInstance("two", name="n" * 129)
sys.stdout.write(repr(ins.training_name == u"\u56fe\u50cf caf\u00e9"))
sys.stdout.flush()
os.kill(os.getpid(), 9)  # Without the wait for an agent.
"""
        _, out, err = self.run_script(script.encode("utf-8") if str is bytes else script)
        self.assertEqual(out, b"True", err)
        names = []
        for run in ("one", "two"):
            (records,) = read_writers(os.path.join(self.workspace, "run", run, "journal")).values()
            names.append([json.loads(payload.decode("utf-8")).get("name") for _, kind, payload in records if kind == 4])
        self.assertEqual(names, [[u"\u57fa\u7ebf A/B"], [None]])
        self.assertIn(b"has more than 128 characters; the run is recorded without it", err)

    def test_job_ids(self):
        for name, expected in ((None, ""), ("", ""), ("a-b", ""), ("a-b-42", "42"), ("a-b-42-c-d", "42")):
            if name is not None:
                os.environ["JOB_NAME"] = name
            Environment._instance = None
            self.assertEqual((environment.get_job_id(), Environment().job_id), (expected, expected))
