"""Prints whether a checkpoint of MXNet has the params of an .npz file: load_checkpoint.py PREFIX EPOCH NPZ"""
from __future__ import absolute_import, print_function

import sys

import mxnet as mx
import numpy as np

prefix, epoch, npz = sys.argv[1:]
symbol, arg, aux = mx.model.load_checkpoint(prefix, int(epoch))
expected = np.load(npz)
same = sorted(arg) == sorted(expected.files) and all((arg[name].asnumpy() == expected[name]).all() for name in arg)
print("equal, %s" % symbol.list_outputs()[0] if same else "different")
