"""Makes scipy.json: figures of small samples by numpy and scipy (made with numpy 2.x, scipy 1.17.1)."""
import json
import numpy as np
from scipy import stats

rng = np.random.default_rng(7)
n = 60
x = np.round(rng.lognormal(1, 0.6, n), 3)
y = np.round(0.5 * x + rng.normal(0, 1, n), 3)
ties = rng.integers(0, 5, n)
a = rng.integers(0, 3, n)
b = np.where(rng.random(n) < 0.6, a, rng.integers(0, 4, n))
gap = [None if i % 7 == 0 else float(v) for i, v in enumerate(y)]
held = np.array([i for i in range(n) if i % 7])

table = stats.contingency.crosstab(a, b).count
chi2 = stats.chi2_contingency(table, correction=False)[0]
r, k = table.shape
phi2 = max(0, chi2 / n - (r - 1) * (k - 1) / (n - 1))
v = np.sqrt(phi2 / min(r - (r - 1) ** 2 / (n - 1) - 1, k - (k - 1) ** 2 / (n - 1) - 1))
groups = [x[a == g] for g in range(3)]
between = sum(len(g) * (g.mean() - x.mean()) ** 2 for g in groups)
early, late = x[:30], x[30:] * 1.4
p, q = np.array([10, 20, 30, 40]), np.array([25, 25, 25, 25])

score = np.round(rng.random(n), 1)
label = (rng.random(n) < score).astype(int)
u = stats.mannwhitneyu(score[label == 1], score[label == 0]).statistic

json.dump({
    'x': x.tolist(), 'y': y.tolist(), 'ties': ties.tolist(), 'a': a.tolist(), 'b': b.tolist(), 'gap': gap,
    'mean': x.mean(), 'deviation': x.std(ddof=1), 'skewness': stats.skew(x),
    'quantiles': {s: np.quantile(x, float(s)) for s in ['0.01', '0.05', '0.25', '0.5', '0.75', '0.95', '0.99']},
    'pearson': stats.pearsonr(x, y).statistic,
    'spearmanTies': stats.spearmanr(x, ties).statistic,
    'pearsonGap': stats.pearsonr(x[held], y[held]).statistic,
    'spearmanGap': stats.spearmanr(x[held], y[held]).statistic,
    'cramersV': v,
    'correlationRatio': np.sqrt(between / ((x - x.mean()) ** 2).sum()),
    'early': early.tolist(), 'late': late.tolist(), 'ks': stats.ks_2samp(early, late).statistic,
    'psi': float(sum((q / 100 - p / 100) * np.log(q / p))),
    'score': score.tolist(), 'label': label.tolist(), 'auc': u / (label.sum() * (n - label.sum())),
}, open('scipy.json', 'w'), indent=1)
