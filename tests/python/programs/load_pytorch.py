"""Prints whether a checkpoint has the params of a state_dict: load_pytorch.py CHECKPOINT STATE_DICT [KEY]"""
import sys

import torch

checkpoint, expected = torch.load(sys.argv[1]), torch.load(sys.argv[2])
state = checkpoint[sys.argv[3]] if len(sys.argv) > 3 else checkpoint
print("equal" if sorted(state) == sorted(expected) and all(torch.equal(state[key], expected[key]) for key in state) else "different")
