# -*- coding: utf-8 -*-
"""The platform's routes of 2018, for scripts that call them. A ``TrainInstance`` does not: it records to its journal."""
from __future__ import absolute_import

import os

from ava.transfer.exchange import exchange
from ava.utils import utils

DEFAULT_APISERVER_HOST = "http://127.0.0.1:5660"
"""Where the platform is when neither ``config/worker`` nor ``AVA_PLATFORM_URL`` says; in 2018 ``http://atnet-apiserver``."""

try:
    from urllib import quote
except ImportError:
    from urllib.parse import quote


class APIClient(object):
    """AVA API Client

    Answers are ``(value, error)``, or the error alone where there is no value; the error is ``None`` where all went well.
    """

    def __init__(self, ak=None, sk=None):
        """初始化 API Client 实例

        Requests carry ``AVA_TOKEN`` where it is set; else they are signed with the keys, where there are any.

        :param ak: 用户 access key; default: that of ``config/user``
        :param sk: 用户 secret key; default: that of ``config/user``
        """
        has_keys = ak is not None and sk is not None
        self.ak = ak if has_keys else utils.fetch_config_from_userinfo("key")
        self.sk = sk if has_keys else utils.fetch_config_from_userinfo("secret")
        named = utils.fetch_config_from_workerinfo("atnet_apiserver_host") or os.environ.get("AVA_PLATFORM_URL")
        self.apiserver_host = (named or DEFAULT_APISERVER_HOST).rstrip("/")
        self.train_task_name = utils.fetch_config_from_trainingspec("name") or os.environ.get("AVA_TRAINING") or "default"
        self.eval_task_name = utils.fetch_config_from_evaluationinfo("name", default="")

    def create_train_instance(self, train_ins_spec):
        """申请创建训练实例

        :param train_ins_spec: dict with ``status``, ``params``, ``startTime``
        :returns: ``(id, error)``
        """
        found, error = self._ask("POST", self._instances(), train_ins_spec)
        return (0, error) if error is not None else (found["id"], None)

    def get_train_instance(self, train_instance_id):
        """获取训练实例信息

        :param train_instance_id: 训练实例 ID
        :returns: ``(dict, error)``
        """
        return self._ask("GET", self._instances(train_instance_id))

    def update_train_instance(self, train_instance_id, train_ins_spec):
        """更新训练实例状态

        :param train_instance_id: 训练实例 ID
        :param train_ins_spec: dict, see :meth:`create_train_instance`; also ``stopTime`` and ``errMsg``
        :returns: error
        """
        return self._ask("PUT", self._instances(train_instance_id), train_ins_spec)[1]

    def create_model(self, model_spec):
        """创建模型

        :param model_spec: dict with ``name``, ``type``, ``file``
        :returns: error
        """
        return self._ask("POST", "/v1/models", model_spec)[1]

    def get_model(self, name):
        """查询模型

        :param name: 模型名称
        :returns: ``(dict, error)``
        """
        return self._ask("GET", "/v1/models/%s?includeDetails=false" % _quoted(name))

    def update_eval_result(self, name, eval_result):
        """更新评估结果

        :param name: 评估任务名称
        :param eval_result: dict with ``scoreFile``, ``metric``; with ``trainingRef`` (``{"instanceID": ...}``) and ``model`` the portal
            leads from it to the run and to the model
        :returns: error
        """
        return self._ask("PUT", "/v1/evaluations/%s/result" % _quoted(name), eval_result)[1]

    def _instances(self, instance_id=None):
        path = "/v1/trainings/%s/instances" % _quoted(self.train_task_name)
        return path if instance_id is None else "%s/%s" % (path, _quoted(instance_id))

    def _ask(self, method, path, value=None):
        headers, options = {}, {}
        if value is not None:
            headers["Content-Type"] = "application/json"
        token = os.environ.get("AVA_TOKEN")
        if token:
            headers["Authorization"] = "Bearer " + token
        elif self.ak and self.sk:
            options = {"accessKey": self.ak, "secretKey": self.sk, "isMacSigned": True}
        res, error = exchange(self.apiserver_host + path, method, headers, value, options)
        if error is not None:
            return None, error
        try:
            return (res.json() if res.body else None), None
        except ValueError as wrong:
            return None, wrong


def _quoted(name):
    return quote(name if isinstance(name, bytes) else name.encode("utf-8"), safe="")
