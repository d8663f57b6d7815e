# -*- coding: utf-8 -*-
"""监控配置相关的常量。Names on the wire of the service of 2018; what is recorded now has names of its own, such as ``loss``."""

DEFAULT_METRIC_DISPLAY_BATCH_FREQ = 10
"""默认训练指标上报频率，batch 粒度。Every n-th batch is recorded by default."""

TRAINING_SAMPLE_NUM = "ava_metric_training_sample_num"
TRAINING_LOSS = "ava_metric_training_loss"
TRAINING_LR = "ava_metric_training_learning_rate"
TRAINING_VAL_ACCURACY = "ava_metric_training_val_accuracy"
TRAINING_META_INFO = "ava_metric_meta_info"
