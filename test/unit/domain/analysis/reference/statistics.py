"""Writes statistics.json: what SciPy says, for the statistics to be compared with. Needs NumPy and SciPy.

    python statistics.py > statistics.json

Hodges-Lehmann intervals are not in SciPy. For samples without ties they come from counting every arrangement, for the
others from finding the roots of R's equation (stats/R/wilcox.test.R), as Kayenta does it.
"""

import itertools
import json
import platform
import sys

import numpy as np
import scipy
from scipy import stats
from scipy.optimize import brentq

rng = np.random.default_rng(20240607)


def normal():
    zs = [-30.0, -8.3, -3.0, -1.5, -1e-3, 0.0, 1e-9, 0.5, 1.0, 1.9, 2.1, 2.8, 2.9, 5.0, 9.0, 37.0]
    ps = [1e-300, 1e-12, 1e-5, 0.01, 0.0250, 0.3, 0.499999, 0.5, 0.75, 0.99, 1 - 1e-9]
    return {
        "upperTail": [[z, float(stats.norm.sf(z))] for z in zs],
        "upperQuantile": [[p, float(stats.norm.isf(p))] for p in ps],
    }


def counted_interval(x, y, confidence):
    """The order statistics of the differences that R takes for samples without ties."""
    m, n = len(x), len(y)
    counts = np.zeros(m * n + 1)
    for chosen in itertools.combinations(range(m + n), m):
        counts[sum(chosen) - m * (m - 1) // 2] += 1
    cumulated = np.cumsum(counts) / counts.sum()
    cut = max(1, int(np.argmax(cumulated >= (1 - confidence) / 2)))
    gaps = np.sort(np.subtract.outer(x, y).ravel())
    return [float(gaps[cut - 1]), float(gaps[m * n - cut])]


def root_interval(x, y, confidence):
    m, n = len(x), len(y)

    def w(mu, z):
        both = np.concatenate([np.asarray(x) - mu, y])
        ranks = stats.rankdata(np.round(both, 12))
        _, ties = np.unique(ranks, return_counts=True)
        d = ranks[:m].sum() - m * (m + 1) / 2 - m * n / 2
        sigma = np.sqrt(m * n / 12 * (m + n + 1 - (ties**3 - ties).sum() / ((m + n) * (m + n - 1))))
        return (d - np.sign(d) * 0.5) / sigma - z

    low, high = min(x) - max(y), max(x) - min(y)
    z = stats.norm.isf((1 - confidence) / 2)

    def root(z):
        if w(low, z) <= 0:
            return low
        if w(high, z) >= 0:
            return high
        return brentq(w, low, high, args=(z,), xtol=1e-13, rtol=1e-14)

    return [float(root(z)), float(root(-z))]


def mann_whitney():
    samples = [
        ([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21]),
        ([19, 22, 16, 29, 24], [20, 11, 17, 12]),
        ([10, 20, 30, 40], [1, 2, 3, 4]),
        ([5, 1, 7.5], [2]),
        ([3, 3, 3, 4, 5, 5, 9], [1, 2, 3, 3, 5, 5, 2, 0]),
        (np.round(rng.normal(10, 2, 60), 1).tolist(), np.round(rng.normal(11, 2, 55), 1).tolist()),
        (np.round(rng.exponential(3, 45)).tolist(), np.round(rng.exponential(4, 80)).tolist()),
        (rng.normal(10, 2, 40).tolist(), rng.normal(10, 2, 50).tolist()),
    ]
    found = []
    for x, y in samples:
        ties = len(set(x + y)) < len(x) + len(y)
        exact = not ties and max(len(x), len(y)) <= 30
        u, p = stats.mannwhitneyu(x, y, method="exact" if exact else "asymptotic", use_continuity=True)
        interval = counted_interval if exact else root_interval
        found.append(
            {
                "first": x,
                "second": y,
                "method": "exact" if exact else "normal",
                "u": float(u),
                "p": float(p),
                "effect": float(stats.somersd(np.repeat([0, 1], [len(y), len(x)]), y + x).statistic),
                "shift": float(np.median(np.subtract.outer(x, y))),
                "interval95": interval(x, y, 0.95),
                "interval98": interval(x, y, 0.98),
            }
        )
    return found


def theil_sen():
    at = np.arange(24.0)
    series = [
        (at, 3 + 0.5 * at + rng.normal(0, 1, 24)),
        (at, np.round(10 - 0.1 * at + rng.normal(0, 2, 24))),
        (np.array([0.0, 1, 2, 3, 3, 5, 8]), np.array([2.0, 2, 4, 4, 9, 8, 100])),
        (np.array([0.0, 60, 120]), np.array([1.0, 1, 1])),
    ]
    found = []
    for x, y in series:
        for confidence in (0.9, 0.98):
            slope, _, low, high = stats.theilslopes(y, x, confidence)
            found.append(
                {
                    "points": np.column_stack([x, y]).tolist(),
                    "confidence": confidence,
                    "slope": float(slope),
                    "low": float(low),
                    "high": float(high),
                }
            )
    return found


def binomial():
    cases = [(10, 0.5), (50, 0.95), (7, 0.99), (1000, 0.99), (123456, 0.95), (1000000, 0.5), (1, 0.5)]
    return {
        "atMost": [
            [n, q, k, float(stats.binom.cdf(k, n, q))]
            for n, q in cases
            for k in sorted({0, n // 2, int(n * q), int(n * q * 0.99), n - 1})
        ],
        "ranks": [
            [n, q, a, int(stats.binom.ppf(a, n, q)), int(stats.binom.isf(a, n, q))]
            for n, q in cases
            for a in (0.025, 0.01)
        ],
    }


def middle():
    lists = [rng.normal(5, 2, 15).tolist(), [1.0, 1, 1, 1, 9], [2.0, 4.0], np.round(rng.exponential(2, 30)).tolist()]
    return [
        {"values": v, "median": float(np.median(v)), "mad": float(stats.median_abs_deviation(v))} for v in lists
    ]


json.dump(
    {
        "madeWith": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
        "normal": normal(),
        "mannWhitney": mann_whitney(),
        "theilSen": theil_sen(),
        "binomial": binomial(),
        "middle": middle(),
    },
    sys.stdout,
    indent=1,
)
