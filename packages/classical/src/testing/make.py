"""Makes elastic-net.json: coefficients by scikit-learn (made with numpy 2.4.6, scikit-learn 1.9.1)."""
import json
import pathlib

import numpy as np
from sklearn.linear_model import ElasticNet, LogisticRegression

rng = np.random.default_rng(11)
rows, columns = 80, 7
x = rng.normal(0, 1, (rows, columns))
x[:, 3] = 0.9 * x[:, 2] + 0.3 * x[:, 3]  # two columns that say nearly the same
x[:, 5] = 4 + x[:, 5] * (rng.random(rows) < 0.3)  # far from zero, and mostly constant
x = np.round(x, 3)
truth = np.array([1.5, -1, 0.8, 0, 0, 0.5, 0])
y = np.round(2 + x @ truth + rng.normal(0, 1, rows), 3)
labels = (rng.random(rows) < 1 / (1 + np.exp(-(x @ truth - 2)))).astype(int)
weights = np.round(rng.uniform(0, 2, rows), 2)
weights[:5] = 0

cases = []
for loss in ['squared', 'logistic']:
    for alpha, ratio in [(0.3, 0.5), (0.1, 1), (0.01, 0.2), (0.05, 0)]:
        for weighted in [False, True]:
            sample = weights if weighted else np.ones(rows)
            if loss == 'squared':
                model = ElasticNet(alpha=alpha, l1_ratio=ratio, tol=1e-14, max_iter=1_000_000)
                model.fit(x, y, sample_weight=sample)
                coefficients, bias = model.coef_, model.intercept_
            else:
                model = LogisticRegression(C=1 / (alpha * sample.sum()), l1_ratio=ratio, solver='saga', tol=1e-12, max_iter=1_000_000)
                model.fit(x, labels, sample_weight=sample)
                coefficients, bias = model.coef_[0], model.intercept_[0]
            cases.append({'loss': loss, 'alpha': alpha, 'l1Ratio': ratio, 'weighted': weighted,
                          'coefficients': [round(float(c), 8) for c in coefficients], 'bias': round(float(bias), 8)})

golden = {'rows': rows, 'columns': columns, 'x': x.ravel().tolist(), 'y': y.tolist(), 'labels': labels.tolist(),
          'weights': weights.tolist(), 'cases': cases}
pathlib.Path(__file__).with_name('elastic-net.json').write_text(json.dumps(golden) + '\n')
