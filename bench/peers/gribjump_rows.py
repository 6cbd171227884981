"""GribJump by file path on the GRIB2 twins: W1-W5 with its index of the messages in memory ("opened").

Settings are its own defaults but for two threads; the requests are made inside the timing, as a caller has to.
"""
import os
import sys

os.environ.setdefault("GRIBJUMP_THREADS", "2")
import eccodes
import pygribjump
from places import AREA_STEPS, W1, W2, W3, W5, ask, failed, timed

NAME = f"gribjump {pygribjump.library_version()}"
files = ask["files"]
jump = pygribjump.GribJump()


def grid_hash(path):
    """The hash that GribJump compares a message's grid with."""
    with open(path, "rb") as file:
        handle = eccodes.codes_grib_new_from_file(file)
        found = eccodes.codes_get(handle, "md5GridSection")
        eccodes.codes_release(handle)
        return found


HASH = grid_hash(files[0])


def pairs(points):
    """Half-open ranges of sorted points; neighbours become one."""
    out = []
    for point in sorted(set(points)):
        if out and out[-1][1] == point:
            out[-1] = (out[-1][0], point + 1)
        else:
            out.append((point, point + 1))
    return out


def extract(asked):
    requests = [pygribjump.PathExtractionRequest(path, "file", offset, "", 0, ranges, HASH) for path, offset, ranges in asked]
    count, total = 0, 0.0
    for result in jump.extract_from_paths(requests):
        values = result.values_flat
        count += values.size
        total += float(values.sum())
    return count, total


def message_offsets(path):
    offsets = []
    with open(path, "rb") as file:
        while (handle := eccodes.codes_grib_new_from_file(file)) is not None:
            offsets.append(eccodes.codes_get_message_offset(handle))
            eccodes.codes_release(handle)
    return offsets


ROWS = {
    "W1": lambda: extract([(path, 0, [(W1, W1 + 1)]) for path in files]),
    "W2": lambda: extract([(path, 0, pairs(W2)) for path in files]),
    "W3": lambda: extract([(path, 0, W3) for path in files[:AREA_STEPS]]),
    "W5": lambda: extract([(files[step], 0, pairs(points)) for step, points in sorted(W5.items())]),
}
if ask.get("levels"):
    offsets = message_offsets(ask["levels"])
    ROWS["W4"] = lambda: extract([(ask["levels"], offset, [(W1, W1 + 1)]) for offset in offsets])

for row in ask["rows"]:
    if row in ROWS:
        try:
            timed(row, NAME, ROWS[row])
        except Exception as error:  # one row that cannot be had must not take the others along
            failed(NAME, error)
sys.stdout.flush()
