"""Makes lightgbm.json: trees of LightGBM as it dumps them, rows, and what shap's TreeExplainer says of them.

python shap_values.py (lightgbm 4.7, shap 0.51)
"""
import json
import pathlib

import lightgbm
import numpy as np
import shap

rng = np.random.default_rng(5)
# Eighths, so that thresholds between them are the same in float32.
x = np.round(8 * rng.standard_normal((600, 5))) / 8
y = x[:, 0] * np.where(x[:, 1] > 0, 1, -2) + x[:, 2] ** 2 + 0.3 * rng.standard_normal(600)
x[rng.random(x.shape) < 0.1] = np.nan
options = {"objective": "regression", "num_leaves": 9, "learning_rate": 0.3, "min_data_in_leaf": 10, "verbose": -1}
model = lightgbm.train(options, lightgbm.Dataset(x, y), 12)


def nodes(tree):
    """By node, children behind their parent."""
    out = {key: [] for key in ("column", "threshold", "missingLeft", "left", "right", "value", "cover")}

    def add(node):
        at = len(out["column"])
        asks = "split_feature" in node
        assert not asks or (node["decision_type"] == "<=" and node["missing_type"] == "NaN")
        out["column"].append(node["split_feature"] if asks else -1)
        out["threshold"].append(node["threshold"] if asks else 0)
        out["missingLeft"].append(int(node["default_left"]) if asks else 0)
        out["value"].append(0 if asks else node["leaf_value"])
        out["cover"].append(node["internal_count"] if asks else node["leaf_count"])
        out["left"].append(-1)
        out["right"].append(-1)
        if asks:
            out["left"][at] = add(node["left_child"])
            out["right"][at] = add(node["right_child"])
        return at

    add(tree["tree_structure"])
    return out


rows = x[:25]
explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
# By shap's own code: for such a model it would ask LightGBM.
explainer.model.model_type = "internal"
values = explainer.shap_values(rows)
assert np.abs(values - model.predict(rows, pred_contrib=True)[:, :-1]).max() < 1e-6
assert np.abs(values.sum(1) + explainer.expected_value - model.predict(rows)).max() < 1e-6
pathlib.Path(__file__).with_name("lightgbm.json").write_text(
    json.dumps(
        {
            "trees": [nodes(tree) for tree in model.dump_model()["tree_info"]],
            "rows": [[None if np.isnan(cell) else cell for cell in row] for row in rows.tolist()],
            "scores": model.predict(rows).tolist(),
            "shap": values.tolist(),
            "expected": float(np.ravel(explainer.expected_value)[0]),
        }
    )
    + "\n"
)
