"""The peers of bench/forecast: statsmodels' theta, and its exponential smoothing of the form with the least AICc, on series from stdin."""
import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
import statsmodels
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

warnings.filterwarnings("ignore")
method = sys.argv[1]
series = json.load(sys.stdin)


def theta(values, season, horizon):
    dates = pd.date_range("2000-01-01", periods=len(values), freq="D")
    model = ThetaModel(pd.Series(values, index=dates), period=season, deseasonalize=season > 1 and len(values) >= 2 * season)
    return model.fit().forecast(horizon).to_numpy()


def ets(values, season, horizon):
    best = None
    positive = min(values) > 0
    seasonal = season > 1 and len(values) >= 2 * season + 5
    for trend, damped in ((None, False), ("add", False), ("add", True)):
        for pattern in (None, "add", "mul") if seasonal else (None,):
            for error in ("add", "mul") if positive else ("add",):
                if pattern == "mul" and error == "add":
                    continue
                if pattern == "mul" and not positive:
                    continue
                try:
                    options = dict(error=error, trend=trend, damped_trend=damped, seasonal=pattern)
                    if pattern:
                        options["seasonal_periods"] = season
                    fit = ETSModel(np.asarray(values, float), **options).fit(disp=False)
                except Exception:
                    continue
                if np.isfinite(fit.aicc) and (best is None or fit.aicc < best.aicc):
                    best = fit
    return best.forecast(horizon) if best else np.full(horizon, values[-1])


begun = time.perf_counter()
forecasts = []
for one in series:
    try:
        told = {"theta": theta, "ets": ets}[method](one["values"], one["season"], one["horizon"])
    except Exception:
        told = np.full(one["horizon"], one["values"][-1])
    forecasts.append([float(v) if np.isfinite(v) else one["values"][-1] for v in told])
seconds = time.perf_counter() - begun
print(json.dumps({"forecasts": forecasts, "seconds": seconds, "version": f"statsmodels {statsmodels.__version__}, {method}"}))
