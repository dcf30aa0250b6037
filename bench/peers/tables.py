"""The peers of bench/tables: scikit-learn's HistGradientBoosting or LightGBM with their defaults, on the rows that Gradus took."""
import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
peer, path = sys.argv[1], sys.argv[2]
table = json.load(open(path))
columns = [np.array([np.nan if v is None else v for v in c["values"]], dtype=float) for c in table["columns"]]
categories = [i for i, c in enumerate(table["columns"]) if c["isCategory"]]
for i in categories:
    columns[i][columns[i] < 0] = np.nan
# scikit-learn takes at most 255 categories.
categories = [i for i in categories if len(np.unique(columns[i][~np.isnan(columns[i])])) < 255]
x = np.stack(columns, axis=1)
y = np.array(table["target"])
train, test = np.array(table["train"]), np.array(table["test"])
classes = table["classes"]
begun = time.perf_counter()
if peer == "lightgbm":
    import lightgbm

    made = lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor
    model = made(verbose=-1).fit(x[train], y[train], categorical_feature=categories)
    version = f"LightGBM {lightgbm.__version__}"
else:
    import sklearn
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    made = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = made(categorical_features=categories, random_state=0).fit(x[train], y[train])
    version = f"scikit-learn {sklearn.__version__}"
seconds = time.perf_counter() - begun
if classes == 2:
    scores = model.predict_proba(x[test])[:, 1]
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positive = y[test] == 1
    n = positive.sum()
    value = (ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(test) - n))
elif classes:
    value = float(np.mean(model.predict(x[test]) == y[test]))
else:
    value = float(np.sqrt(np.mean((model.predict(x[test]) - y[test]) ** 2)))
print(json.dumps({"value": float(value), "seconds": seconds, "version": version}))
