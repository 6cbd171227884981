"""Reads answers in OM with omfiles and holds them against the same answers in CoverageJSON: the same float32 everywhere.

Settings come as JSON in POLYFST_CHECK: {"answers": [{"covjson", "om"}]}.
"""
import json
import os
import sys
from datetime import datetime, timezone

import numpy as np
import omfiles

failed = 0
for answer in json.loads(os.environ["POLYFST_CHECK"])["answers"]:
    file = omfiles.OmFileReader(answer["om"])
    arrays = {child.name: child for child in map(file.get_child_by_index, range(file.num_children))}
    read = lambda name: np.asarray(arrays[name][...]) if arrays[name].is_array else None
    lat, lon, time = read("lat"), read("lon"), read("time")
    levels = read("pres")
    compared = 0
    for coverage in json.load(open(answer["covjson"]))["coverages"]:
        axes = {name: axis["values"] for name, axis in coverage["domain"]["axes"].items()}
        for param, part in coverage["ranges"].items():
            values = read(param)
            if "composite" in axes:
                places = [(a, b, level, None) for a, b, level in axes["composite"]]
            else:
                places = [(axes["latitude"][0], axes["longitude"][0], axes["levelist"][0], when) for when in axes["t"]]
            for (a, b, level, when), value in zip(places, part["values"]):
                near = (np.abs(lat - a) < 1e-9) & (np.abs((lon - b + 180) % 360 - 180) < 1e-9)
                one = values[int(np.flatnonzero(near)[0])]
                if levels is not None:
                    one = one[int(np.flatnonzero(levels == float(level))[0])]
                at = 0 if when is None else int(np.flatnonzero(
                    time == datetime.fromisoformat(when.replace("Z", "+00:00")).astimezone(timezone.utc).timestamp())[0])
                compared += 1
                if (value is None) != np.isnan(one[at]) or (value is not None and np.float32(value) != one[at]):
                    print("not ok", answer["om"], param, a, b, level, when, one[at], value)
                    failed += 1
    print("ok" if compared else "not ok", os.path.basename(answer["om"]), compared, "values")
    failed += compared == 0
sys.exit(1 if failed else 0)
