"""What the peers are asked for: the points of workloads.json as grid indices, and the way every peer is timed.

Every peer script gets one JSON document on the command line: {"places", "files", "levels", "rows", "n", "cells"} - the path of
workloads.json, the hourly files, the file with 80 levels, the rows wanted, repetitions, and the length of a grid row.
It prints a JSON line a row: {"row", "median_ms", "min_ms", "n", "values", "sum", "peer"}.
"""
import json
import statistics
import sys
import time

ask = json.loads(sys.argv[1])
with open(ask["places"]) as text:
    places = json.load(text)
NI = 1000
STEPS = 240
AREA_STEPS = 24


def index(i, j):
    """Storage offset of a cell."""
    return j * NI + i


W1 = index(*places["W1"])
W2 = sorted(index(i, j) for i, j in places["W2"])
W3 = [(index(first, j), index(end, j)) for j, first, end in places["W3"]]
W5 = {}
for cell_i, cell_j, step in places["W5"]:
    W5.setdefault(step, []).append(index(cell_i, cell_j))


def timed(row, peer, work, n=None):
    """Runs `work` once unmeasured and n times; `work` returns (number of values, their sum)."""
    count, total = work()
    times = []
    for _ in range(n or ask["n"]):
        start = time.perf_counter()
        count, total = work()
        times.append((time.perf_counter() - start) * 1000)
    line = {"row": row, "median_ms": statistics.median(times), "min_ms": min(times), "n": len(times)}
    print(json.dumps({**line, "values": int(count), "sum": float(total), "peer": peer}), flush=True)


def failed(peer, error):
    """A peer that cannot do a row says why on standard error; the others go on."""
    print(f"{peer}: {type(error).__name__}: {str(error)[:300]}", file=sys.stderr, flush=True)
