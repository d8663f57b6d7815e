"""Trains with CatBoost: catboost_fit.py EVIDENCE_FOLDER."""
import os
import sys

import numpy
from catboost import CatBoostClassifier
from evidence import Evidence

evidence = Evidence(sys.argv[1])
random = numpy.random.RandomState(7)
x = random.rand(300, 10)
y = (x[:, :3].sum(axis=1) + 0.3 * random.rand(300) > 1.6).astype(int)
model = CatBoostClassifier(iterations=10, depth=3, verbose=1, random_seed=7, train_dir=os.path.join(sys.argv[1], "catboost"))
model.fit(x[:200], y[:200], eval_set=(x[200:], y[200:]))
for printed, data in ("learn", "learn"), ("test", "validation"):
    for step, value in enumerate(model.evals_result_[data]["Logloss"]):
        evidence.keep(printed, step, "%.7f" % value)
