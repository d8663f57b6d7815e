# -*- coding: utf-8 -*-
"""Asks the platform each question of the client of 2018, by this package's own, and prints the answers."""
from __future__ import print_function

import json

from ava.client.api_cli import APIClient

client = APIClient()
result = {"scoreFile": "qiniu://z0/train/result.lst", "metric": {"top1": 0.5}, "model": u"数字"}
instance, error = client.create_train_instance({"status": "running", "params": {"lr": 0.1}})
answers = [
    error,
    client.update_train_instance(instance, {"status": "done"}),
    client.get_train_instance(instance)[0]["status"],
    client.create_model({"name": u"数字", "type": "custom", "file": "qiniu://1380@z0/train/model.tar.gz"}),
    client.get_model(u"数字")[0]["file"],
    client.update_eval_result(u"评估/1", result),
    client.update_eval_result("unserialisable", {"metric": object()}) is not None,
]
print(json.dumps(answers))
