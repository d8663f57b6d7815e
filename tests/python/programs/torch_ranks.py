# -*- coding: utf-8 -*-
"""For torchrun: each rank makes a TrainInstance of its own, and its DataLoader's workers record through the one they inherit."""
from __future__ import absolute_import

import os
import sys

import torch
import torch.distributed
import torch.utils.data

from ava.train import base as train


class Noting(torch.utils.data.Dataset):
    """Records which items its workers were asked for."""

    def __init__(self, instance):
        self.instance = instance

    def __len__(self):
        return 20

    def __getitem__(self, index):
        self.instance.log({"item": float(index)}, step=index)
        return torch.tensor([float(index)])


def main(context):
    torch.distributed.init_process_group("gloo")
    instance = train.TrainInstance()
    loader = torch.utils.data.DataLoader(Noting(instance), batch_size=5, num_workers=2, multiprocessing_context=context)
    for step, batch in enumerate(loader):
        total = batch.sum()
        torch.distributed.all_reduce(total)
        instance.log({"total": total}, step=step)
    torch.distributed.barrier()
    if os.environ["RANK"] == "0":
        print(instance.get_training_ins_id())
    instance.done()


if __name__ == "__main__":
    main(sys.argv[1])
