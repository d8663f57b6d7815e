"""Trains with XGBoost or LightGBM: boosting_fit.py PROGRAM EVIDENCE_FOLDER."""
import sys

import numpy
from evidence import Evidence

program, folder = sys.argv[1:]
evidence = Evidence(folder)
random = numpy.random.RandomState(7)
x = random.rand(300, 10)
y = (x[:, :3].sum(axis=1) + 0.3 * random.rand(300) > 1.6).astype("float32")
rounds = 8

if program.startswith("xgboost"):
    import xgboost

    data, held = xgboost.DMatrix(x[:200], y[:200]), xgboost.DMatrix(x[200:], y[200:])
    params = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 2}
    if program == "xgboost-cv":
        table = xgboost.cv(params, data, rounds, nfold=3, verbose_eval=True, seed=7)
        for key in table:
            name = key.replace("-mean", "").replace("-std", "/std").replace("-", "/")
            for step, value in enumerate(table[key]):
                evidence.keep(name, step, "%.5f" % value)
    else:
        result = {}
        xgboost.train(params, data, rounds, evals=[(data, "train"), (held, "valid")], evals_result=result, verbose_eval=True)
        for name in result:
            for metric in result[name]:
                for step, value in enumerate(result[name][metric]):
                    evidence.keep("%s/%s" % (name, metric), step, "%.5f" % value)
else:
    import lightgbm

    data = lightgbm.Dataset(x[:200], y[:200])
    params = {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_leaves": 4, "verbose": -1}
    if program == "lightgbm-cv":
        table = lightgbm.cv(params, data, rounds, nfold=3, seed=7, callbacks=[lightgbm.log_evaluation(1)])
        for key in table:
            name = key.replace("-mean", "").replace("-stdv", "/std").replace("valid ", "valid/")
            for step, value in enumerate(table[key], 1):
                evidence.keep(name, step, "%g" % value)
    else:
        result = {}
        valid = lightgbm.Dataset(x[200:], y[200:], reference=data)
        callbacks = [lightgbm.log_evaluation(1), lightgbm.record_evaluation(result)]
        lightgbm.train(params, data, rounds, [data, valid], ["training", "valid_1"], callbacks=callbacks)
        for name in result:
            for metric in result[name]:
                for step, value in enumerate(result[name][metric], 1):
                    evidence.keep("%s/%s" % (name, metric), step, "%g" % value)
