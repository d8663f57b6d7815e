# -*- coding: utf-8 -*-
"""训练监控配置。What the monitors of 2018 were configured with."""


class TrainConfig(object):
    """训练监控配置

    Facts of a training, each empty or 0 where it is not known.
    """

    def __init__(
        self,
        job_type=None,
        job_id=None,
        training_ins_id=None,
        training_sample_num=None,
        batch_size=None,
        val_batch_size=None,
        batch_num_of_epoch=None,
    ):
        """初始化监控配置

        :param job_type: 任务类型
        :param job_id: 任务 ID
        :param training_ins_id: 训练实例 ID（一个任务可以有多个训练实例）
        :param training_sample_num: 用于训练的样本数
        :param batch_size: 每次训练迭代的样本数
        :param val_batch_size: 每次验证迭代的样本数
        :param batch_num_of_epoch: 一个 epoch 中的 batch 数
        """
        self.job_type = job_type or ""
        self.job_id = job_id or ""
        self.training_ins_id = training_ins_id or ""
        self.training_sample_num = training_sample_num or 0
        self.batch_size = batch_size or 0
        self.val_batch_size = val_batch_size or 0
        self.batch_num_of_epoch = batch_num_of_epoch or 0
