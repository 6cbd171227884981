"""Every function of the package against a server of the demo run; one line a check, exit 1 when one fails."""

import sys

import numpy
import polyfst

url = sys.argv[1]
keys = {"class": "rd", "stream": "oper", "type": "fc", "expver": "0001", "domain": "g", "date": "20250116", "time": "1200"}
series = {**keys, "levtype": "sfc", "param": "TT", "step": "0/to/24", "feature": {"type": "timeseries", "points": [[45, -70]]}}
failed = 0


def check(name, holds):
    global failed
    print("ok" if holds else "not ok", name)
    failed += not holds


seen = []
answer = polyfst.retrieve(url, series, "demo", on_progress=seen.append)
values = answer["coverages"][0]["ranges"]["TT"]["values"]
check("retrieve gives CoverageJSON", answer["type"] == "CoverageCollection" and len(values) > 4)
check("progress is told", bool(seen) and all("state" in one for one in seen))
check("the only collection is found", polyfst.retrieve(url, series)["coverages"][0]["ranges"]["TT"]["values"] == values)
v1 = polyfst.Client(url)._fetch_v1(series, "demo", None)
check("v1 gives the same", b'"CoverageCollection"' in v1 and len(v1) > 500)

try:
    polyfst.retrieve(url, {**series, "param": "nothing"})
    check("a refusal is an error", False)
except polyfst.PolyfstError as error:
    check("a refusal is an error", error.status == 400 and "nothing" in str(error))

frame = polyfst.table(url, series)
check("table has a row a value", frame["value"].to_list() == [None if v is None else v for v in values] or max(abs(a - b) for a, b in zip(frame["value"], values)) < 1e-4)
check("table knows the place", abs(frame["latitude"][0] - 45) < 1 and frame["units"][0] != "" and frame["time"].n_unique() == len(values))

stores = polyfst.runs(url)
check("runs are listed", len(stores) > 3 and {"collection", "run", "href"} <= set(stores[0]))
run = polyfst.open_run(url, "demo-sfc", "20250116T120000Z")
name = next((str(one) for one in run.data_vars if str(one).split("_")[0] == "TT" and "realization" not in run[one].dims), None)
check("open_run gives variables", name is not None)
point = run[name].sel(lat=45, lon=-70, method="nearest")
found = {str(time)[:19]: float(value) for time, value in zip(point["time"].values, point.values)}
wanted = [time[:19] for time in answer["coverages"][0]["domain"]["axes"]["t"]["values"]]
check("open_run has the values of retrieve", all(abs(found[time] - value) < 1e-4 for time, value in zip(wanted, values)))
check("the newest run is the default", polyfst.open_run(url, "demo-sfc").sizes == run.sizes)
sys.exit(1 if failed else 0)
