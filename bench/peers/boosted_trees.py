"""The peers of bench/trees: seconds that LightGBM or scikit-learn train for, from numbers in memory to the model, and the AUC."""
import json
import sys
import time

import numpy as np

peer, folder, columns, threads, clock = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
now = time.process_time if clock == "cpu" else time.perf_counter


def table(name):
    labels = np.fromfile(f"{folder}/{name}.u8", dtype=np.uint8)
    return np.fromfile(f"{folder}/{name}.f32", dtype=np.float32).reshape(columns, -1).T, labels


(x, y), (held, truth) = table("train"), table("held")
x = np.ascontiguousarray(x)
if peer == "lightgbm":
    import lightgbm

    options = {"objective": "binary", "verbose": -1, "num_threads": threads}

    def train():
        return lightgbm.train(options, lightgbm.Dataset(x, y), 100)

    def predict(model):
        return model.predict(held)

    version = f"LightGBM {lightgbm.__version__}"
else:
    import sklearn
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    threadpool_limits(threads)

    def train():
        return HistGradientBoostingClassifier(early_stopping=False).fit(x, y)

    def predict(model):
        return model.predict_proba(held)[:, 1]

    version = f"scikit-learn {sklearn.__version__}"
begun = now()
model = train()
seconds = now() - begun
order = np.argsort(predict(model), kind="stable")
ranks = np.empty(len(order))
ranks[order] = np.arange(1, len(order) + 1)
positive = truth == 1
n = positive.sum()
auc = (ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(truth) - n))
print(json.dumps({"seconds": seconds, "auc": float(auc), "version": version}))
