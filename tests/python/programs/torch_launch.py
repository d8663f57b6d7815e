# -*- coding: utf-8 -*-
"""What torchrun does, without its command line, which PyTorch 1.13 cannot read on Python 3.11: torch_launch.py RANKS PORT PROGRAM ARGUMENTS..."""
from __future__ import absolute_import

import sys

from torch.distributed.elastic.multiprocessing import Std
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

if __name__ == "__main__":
    config = LaunchConfig(
        min_nodes=1,
        max_nodes=1,
        nproc_per_node=int(sys.argv[1]),
        run_id="none",
        rdzv_backend="static",
        rdzv_endpoint="127.0.0.1:" + sys.argv[2],
        rdzv_configs={"rank": 0, "timeout": 60},
        max_restarts=0,
        monitor_interval=0.5,
        redirects=Std.NONE,
        tee=Std.NONE,
    )
    elastic_launch(config, sys.executable)("-u", *sys.argv[3:])
