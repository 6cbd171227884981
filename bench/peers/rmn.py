"""Times the reference library that the PyPI package fstd2nc-deps bundles, by ctypes, on files that the benchmark wrote.

usage: rmn.py scan N FILE...   |   peer-rmn.py decode N FILE...
Prints one JSON line: {"median_ms": …, "min_ms": …, "n": …, "records": …, "version": …}
"""
import ctypes, glob, json, os, statistics, sys, time
import fstd2nc_deps

here = os.path.dirname(fstd2nc_deps.__file__)
path = sorted(glob.glob(os.path.join(here, "rpnpy", "_sharedlibs", "librmnshared*.so*")))[-1]
lib = ctypes.CDLL(path)
version = os.path.basename(path).split("_")[-1].split("-")[0].lstrip("0")
ci = ctypes.c_int
lib.c_fstopi(b"MSGLVL", 8, 0)


def listing(unit):
    """Handles of all records of an open file, and their keys by fstprm."""
    size = lib.c_fstnbrv(unit)
    handles = (ci * size)()
    ni, nj, nk, count = ci(), ci(), ci(), ci()
    lib.c_fstinl(unit, ctypes.byref(ni), ctypes.byref(nj), ctypes.byref(nk), -1, b"            ", -1, -1, -1, b"  ", b"    ", handles, ctypes.byref(count), size)
    return handles, count.value


INTS = [ci() for _ in range(20)]
TEXT = [ctypes.create_string_buffer(b" " * n, n + 1) for n in (2, 4, 12, 1)]
I = [ctypes.byref(x) for x in INTS]


def keys(handle):
    lib.c_fstprm(handle, I[0], I[1], I[2], I[3], I[4], I[5], I[6], I[7], I[8], I[9], I[10], I[11], TEXT[0], TEXT[1], TEXT[2], TEXT[3], I[12], I[13], I[14], I[15], I[16], I[17], I[18], I[19], I[19], I[19])


def opened(name):
    unit = ci(0)
    lib.c_fnom(ctypes.byref(unit), name.encode(), b"STD+RND+R/O+OLD", 0)
    lib.c_fstouv(unit, b"RND")
    return unit


def closed(unit):
    lib.c_fstfrm(unit)
    lib.c_fclos(unit)


def scan(names):
    total = 0
    for name in names:
        unit = opened(name)
        _, count = listing(unit)
        total += count
        closed(unit)
    return total


def decode(names):
    """Every record of every file, read whole into one buffer."""
    total = 0
    a, b, c = ci(), ci(), ci()
    for name in names:
        unit = opened(name)
        handles, count = listing(unit)
        largest = 0
        for handle in handles[:count]:
            keys(handle)
            largest = max(largest, INTS[3].value * INTS[4].value * INTS[5].value)
        if len(ROOM) == 0 or len(ROOM[0]) < largest:
            ROOM[:] = [(ctypes.c_float * largest)()]
        for handle in handles[:count]:
            lib.c_fstluk(ROOM[0], handle, ctypes.byref(a), ctypes.byref(b), ctypes.byref(c))
            total += 1
        closed(unit)
    return total


ROOM = []
work = {"scan": scan, "decode": decode}[sys.argv[1]]
n, names = int(sys.argv[2]), sys.argv[3:]
records = work(names)
elapsed = []
for _ in range(n):
    start = time.perf_counter()
    records = work(names)
    elapsed.append((time.perf_counter() - start) * 1000)
print(json.dumps({"median_ms": statistics.median(elapsed), "min_ms": min(elapsed), "n": n, "records": records, "version": version}))
