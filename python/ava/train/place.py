# -*- coding: utf-8 -*-
"""训练实例的路径。Where the files of an instance lie."""
from __future__ import absolute_import


class InstancePlace(object):
    """Folders of an instance. A class that inherits has ``_run``, and the attributes of 2018 named here."""

    def get_training_ins_id(self):
        """:returns: 训练实例 ID; id of the instance"""
        return self.training_ins_id

    def get_base_path(self):
        """:returns: 训练实例的目录; folder of the run: ``run/<id>``"""
        return self.rundir

    def get_snapshot_base_path(self):
        """:returns: snapshot model 输出目录; folder for snapshots: ``run/<id>/output``"""
        return self.snapshot_base_path

    def get_log_base_path(self):
        """:returns: 训练日志目录; folder for logs: ``run/<id>/logs``"""
        return self.log_base_path

    def get_trainset_base_path(self):
        """:returns: 训练集目录; folder of the training data"""
        return self._run.folder(self.env.trainset_base_path)

    def get_valset_base_path(self):
        """:returns: 验证集目录; folder of the validation data"""
        return self._run.folder(self.env.valset_base_path)

    def get_testset_base_path(self):
        """:returns: 测试集目录; folder of the test data"""
        return self._run.folder(self.env.testset_base_path)

    def get_model_base_path(self):
        """:returns: 模型目录; folder of models"""
        return self._run.folder(self.env.model_base_path)
