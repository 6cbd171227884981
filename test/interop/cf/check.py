"""Reads NetCDF and Zarr with netCDF4, zarr, xarray and pyproj, and holds them against the FST records they were made from.

Settings come as JSON in POLYFST_CHECK: {"cases": [{"kind", "path", "folder", "records", …}]}. Kinds: "values" (every record is found
by its keys, bit for bit), "axes" (names and places of coordinates), "grids" (places of every group), "vertical" (pressures of model
levels), "members", "intervals", "append" (one step more through netCDF4), "checker" (compliance-checker).
Prints "ok NAME" or "not ok NAME: why" a check, and exits 1 when one failed.
"""
import contextlib
import io
import json
import os
import sys
import warnings

import netCDF4
import numpy as np
import xarray as xr
import zarr
from pyproj import CRS, Transformer

warnings.simplefilter("ignore")
FAILED = []


def check(name, ok, why=""):
    print("ok" if ok else "not ok", name + ("" if ok else f": {why}"))
    if not ok:
        FAILED.append(name)


def stored(case, entry, doubled=False):
    return np.fromfile(os.path.join(case["folder"], entry["file"]), dtype=entry["dtype"],
                       count=entry["count"] * (2 if doubled else 1), offset=entry["offset"])


def label_of(case):
    return case.get("label", os.path.basename(case["path"]))


def opened(case):
    """A tree of datasets; places and mappings are coordinates."""
    path = case["path"]
    if path.endswith(".nc"):
        return xr.open_datatree(path, decode_coords="all", decode_timedelta=False)
    store = zarr.storage.ZipStore(path, mode="r") if path.endswith(".zip") else path
    return xr.open_datatree(store, engine="zarr", decode_coords="all", decode_timedelta=False, consolidated=True)


def fields(tree):
    for node in tree.subtree:
        dataset = node.to_dataset()
        # a surface field that formula terms name is a coordinate
        for name in dataset.variables:
            if "fst_nomvar" in dataset[name].attrs and name in node.to_dataset(inherit=False).variables:
                yield node.path, dataset, name, dataset[name]


def level_of(dataset, variable):
    for name in list(variable.dims) + list(variable.coords):
        if f"{name}_ip1" in dataset.variables and name in variable.dims:
            return name, dataset[f"{name}_ip1"].values
    return None, None


def axis_values(variable, name, count):
    if name not in variable.coords:
        return [None] * count
    values = np.atleast_1d(variable.coords[name].values)
    return list(values) if len(values) == count else [values[0]] * count


def records_by_key(case):
    found = {}
    for record in case["records"]:
        if "values" in record:
            hours = record["deet"] * record["npas"] / 3600
            found.setdefault((record["nomvar"].strip(), record["ip1"], hours, record["ni"] * record["nj"]), []).append(record)
    return found


def planes(dataset, variable):
    """(ip1, lead in hours, member, plane) of every plane of a field."""
    level, ip1s = level_of(dataset, variable)
    time = next((dim for dim in variable.dims if dim == "time" or dim.startswith("time_")), None)
    count = variable.sizes[time] if time else 1
    lead_name = "leadtime" + (time[4:] if time else "")
    leads = axis_values(variable, lead_name if lead_name in variable.coords else "leadtime", count)
    members = variable.sizes.get("realization", 1)
    numbers = axis_values(variable, "realization", members)
    for t in range(count):
        for m in range(members):
            for z in range(len(ip1s) if level else 1):
                where = {}
                if time:
                    where[time] = t
                if "realization" in variable.dims:
                    where["realization"] = m
                if level:
                    where[level] = z
                yield (int(ip1s[z]) if level else None), leads[t], numbers[m], variable.isel(where)


def check_values(case):
    """Every record is a plane of a variable, with the same bits."""
    wanted = records_by_key(case)
    label = label_of(case)
    seen = 0
    for path, dataset, name, variable in fields(opened(case)):
        nomvar = variable.attrs["fst_nomvar"]
        for ip1, lead, number, plane in planes(dataset, variable):
            values = np.ascontiguousarray(plane.values, dtype="<f4").ravel()
            keys = [key for key in wanted if key[0] == nomvar and key[3] == values.size
                    and (ip1 is None or key[1] == ip1) and (lead is None or abs(key[2] - float(lead)) < 1e-9)]
            if not keys and np.isnan(values).all():
                continue
            same = [record for key in keys for record in wanted[key]
                    if np.array_equal(stored(case, record["values"]).view("u4"), values.view("u4"))
                    or np.array_equal(stored(case, record["values"]), values, equal_nan=True)]
            check(f"{label} {path} {name} {ip1} {lead} {number}", bool(same), f"no record of {keys} has these values")
            seen += 1
    check(label + " count", seen == case["count"], f"{seen} planes, {case['count']} records")


def check_axes(case):
    """What a reader of a rotated run expects under which name."""
    label = label_of(case)
    dataset = opened(case).to_dataset()
    for name in case["coordinates"]:
        check(f"{label} {name} is a coordinate", name in dataset.coords, list(dataset.coords))
    for name, dims in case["dims"].items():
        check(f"{label} {name} dims", list(dataset[name].dims) == dims, dataset[name].dims)
    for name, dtype in case.get("dtypes", {}).items():
        check(f"{label} {name} type", str(dataset[name].dtype).startswith(dtype), dataset[name].dtype)
    for name, wanted in case.get("variable_attributes", {}).items():
        for key, value in wanted.items():
            got = {**dataset[name].attrs, **dataset[name].encoding}.get(key)
            check(f"{label} {name} {key}", got == value, got)


def distance(lat0, lon0, lat1, lon1):
    a, b, c, d = map(np.radians, (lat0, lon0, lat1, lon1))
    x = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(x, 0, 1))))


def mapping_of(dataset, variable):
    name = variable.encoding.get("grid_mapping") or variable.attrs.get("grid_mapping")
    return dataset[name].attrs if name else None


def check_mapping(label, dataset, variable, lat, lon):
    attributes = mapping_of(dataset, variable)
    if attributes is None:
        return
    crs = CRS.from_cf({key: value for key, value in attributes.items() if not key.startswith("fst_")})
    rows, columns = variable.dims[-2:]
    y, x = dataset[rows].values, dataset[columns].values
    if crs.is_geographic and not crs.is_derived:
        return
    to_plane = Transformer.from_crs(crs.source_crs if crs.is_derived else crs.geodetic_crs, crs, always_xy=True)
    if rows == "rlat":
        # the derived system has its axes in degrees
        gx, gy = to_plane.transform(lon, lat)
        off = max(np.abs((gx - x[None, :] + 180) % 360 - 180).max(), np.abs(gy - y[:, None]).max())
        check(label + " mapping", off <= 1e-6, f"{off} degrees")
    else:
        gx, gy = to_plane.transform(lon, lat)
        off = max(np.abs(gx - x[None, :]).max(), np.abs(gy - y[:, None]).max())
        check(label + " mapping", off <= 0.5, f"{off} m")


def check_grids(case):
    """Places of every field are those of a record of its size, the mapping gives them too."""
    label = label_of(case)
    seen = set()
    for path, dataset, name, variable in fields(opened(case)):
        if "lat" not in dataset.variables or path in seen:
            continue
        seen.add(path)
        lat, lon = dataset["lat"].values, dataset["lon"].values
        if lat.ndim == 1 and dataset["lat"].dims != dataset["lon"].dims:
            lon, lat = np.meshgrid(lon, lat)
        panel = path.rsplit("/", 1)[-1] if path.endswith(("yin", "yang")) else None
        best = np.inf
        for record in case["records"]:
            if "lonlat" not in record or record["nomvar"].strip() != variable.attrs["fst_nomvar"]:
                continue
            n = record["lonlat"]["count"]
            both = stored(case, record["lonlat"], doubled=True)
            a, b = both[:n].reshape(record["nj"], record["ni"]), both[n:].reshape(record["nj"], record["ni"])
            if panel is not None and record["nj"] == 2 * lat.shape[0]:
                half = slice(None, lat.shape[0]) if panel == "yin" else slice(lat.shape[0], None)
                a, b = a[half], b[half]
            if variable.ndim >= 1 and lat.ndim == 1:
                a, b = a.ravel(), b.ravel()
            if a.shape[:-1] == lat.shape[:-1] and a.shape[-1] - lat.shape[-1] in (0, 1):
                best = min(best, distance(lat, lon, a[..., :lat.shape[-1]], b[..., :lat.shape[-1]]).max())
        check(f"{label} {path} {name} places", best <= 1e-4, f"{best} degrees")
        if lat.ndim == 2:
            check_mapping(f"{label} {path}", dataset, variable, lat, lon)
        if panel is not None:
            check(f"{label} {path} owned", set(np.unique(dataset["owned"].values)) <= {0, 1} and dataset["owned"].values.any())
    check(label + " groups", len(seen) >= case["least"], len(seen))


def terms(text):
    words = text.split()
    return {words[n].rstrip(":"): words[n + 1] for n in range(0, len(words), 2)}


def pressures(dataset, level):
    """Pressure (Pa) of a level coordinate at every level and point of the first time."""
    attributes = dataset[level].attrs
    own = terms(attributes.get("formula_terms") or attributes["fst_formula_terms"])
    value = {key: dataset[name].values for key, name in own.items()}
    ps = dataset[own["ps"]]
    plane = ps.values.reshape((-1,) + ps.shape[-2:])[0].astype(float)
    factor = {"hPa": 100.0, "Pa": 1.0}[ps.attrs["units"]]
    plane = plane * factor
    column = lambda key: np.atleast_1d(value[key]).astype(float)[:, None, None]
    if "sigma" in own:
        ptop = float(value["ptop"]) * {"hPa": 100.0, "Pa": 1.0}[dataset[own["ptop"]].attrs["units"]]
        return ptop + column("sigma") * (plane - ptop)
    if "ap" in own:
        scale = {"hPa": 100.0, "Pa": 1.0}[dataset[own["ap"]].attrs["units"]]
        return column("ap") * scale + column("b") * plane
    return np.exp(column("a") + column("b") * np.log(plane / float(value["pref"])))


def check_vertical(case):
    """Pressures by formula terms are those that the vertical-grid library computed."""
    label = label_of(case)
    golden = {(int(grid["vcode"]), int(level["ip1"])): level["pressure_Pa"]
              for grid in case["vgrid"] for level in grid["levels"]}
    probes = case["probes"]
    done = set()
    for path, dataset, name, variable in fields(opened(case)):
        level, ip1s = level_of(dataset, variable)
        if level is None or "fst_vcode" not in dataset[level].attrs or (path, level) in done:
            continue
        attributes = dataset[level].attrs
        if "formula_terms" not in attributes and "fst_formula_terms" not in attributes:
            continue
        done.add((path, level))
        vcode = int(np.atleast_1d(attributes["fst_vcode"])[0])
        p = pressures(dataset, level)
        flat = p.reshape(p.shape[0], -1)
        for z, ip1 in enumerate(ip1s):
            wanted = golden.get((vcode, int(ip1)))
            if wanted is None:
                check(f"{label} {path} {vcode} {ip1} is a level of the table", case.get("lenient", False))
                continue
            got = flat[z, probes]
            off = np.max(np.abs(got - np.asarray(wanted)) / np.asarray(wanted))
            check(f"{label} {path} {vcode} {ip1} pressure", off <= 1e-6, off)
    codes = sorted({int(np.atleast_1d(xrcode)[0]) for xrcode in case["codes"]})
    found = sorted({int(np.atleast_1d(dataset[level_of(dataset, variable)[0]].attrs.get("fst_vcode", 0))[0])
                    for _, dataset, _, variable in fields(opened(case)) if level_of(dataset, variable)[0]})
    check(label + " codes", set(codes) <= set(found), f"{found}, not {codes}")


def check_members(case):
    label = label_of(case)
    dataset = opened(case).to_dataset()
    check(label + " members", list(dataset["realization"].values) == case["members"], dataset["realization"].values)
    got = [value.decode() if isinstance(value, bytes) else str(value) for value in dataset["etiket"].values]
    check(label + " labels", got == case["labels"], got)
    check(label + " type", dataset["realization"].dtype == np.int32, dataset["realization"].dtype)
    for name in case["names"]:
        check(f"{label} {name} order", dataset[name].dims[:2] == ("realization", "time"), dataset[name].dims)


def check_intervals(case):
    label = label_of(case)
    dataset = opened(case).to_dataset()
    sums = dataset[case["sum"]]
    check(label + " sum", sums.attrs.get("cell_methods") == "time: sum", sums.attrs.get("cell_methods"))
    check(label + " point", dataset[case["point"]].attrs.get("cell_methods") == "time: point")
    bounds = dataset[dataset["time"].encoding.get("bounds") or dataset["time"].attrs["bounds"]].values
    check(label + " begins at the base time", bool((bounds[:, 0] == dataset["reftime"].values).all()), bounds[:, 0])
    check(label + " ends when valid", bool((bounds[:, 1] == dataset["time"].values).all()), bounds[:, 1])


def check_append(case):
    """netCDF4 sees an unlimited time and bare dimensions, and adds a step."""
    label = label_of(case)
    with netCDF4.Dataset(case["path"], "a") as file:
        check(label + " unlimited", file.dimensions["time"].isunlimited())
        for name in case["bare"]:
            check(f"{label} {name} is no variable", name in file.dimensions and name not in file.variables)
        before = len(file.dimensions["time"])
        time = file.variables["time"]
        time[before] = time[before - 1] + 1
        field = file.variables[case["name"]]
        plane = np.arange(np.prod(field.shape[1:]), dtype="f4").reshape(field.shape[1:])
        field[before] = plane
    with netCDF4.Dataset(case["path"]) as file:
        check(label + " grew", len(file.dimensions["time"]) == before + 1)
        check(label + " appended", bool((file.variables[case["name"]][before] == plane).all()))
        check(label + " filters", bool(file.variables[case["name"]].filters()["shuffle"]) and bool(file.variables[case["name"]].filters()["zlib"]))


# the first holds wherever there are two groups below the root: it takes dimensions of siblings for one; the second tells where
# coordinates were found, and is no fault
FALSE_ALARMS = ("Dimensions with the same name must be the same object", "found in same group", "found in ancestor")
ORDER = "not in the recommended order"


def check_checker(case):
    from compliance_checker.runner import CheckSuite, ComplianceChecker

    CheckSuite.load_all_available_checkers()
    told = os.path.join(case["folder"], "checker.json")
    for path in case["paths"]:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            ComplianceChecker.run_checker(path, ["cf:1.11"], 0, "normal", output_filename=told, output_format="json")
        with open(told) as file:
            result = json.load(file)["cf:1.11"]
        wrong = [message for rank in ("high_priorities", "medium_priorities", "low_priorities") for one in result[rank]
                 for message in one["msgs"] if not any(alarm in message for alarm in FALSE_ALARMS)]
        allowed = [message for message in wrong if ORDER in message]
        wrong = [message for message in wrong if ORDER not in message or not case.get("order", False)]
        check(os.path.basename(path) + " checker", not wrong, wrong[:4])
        if allowed:
            print("note", os.path.basename(path), len(allowed), "remarks on the order of dimensions")


KINDS = {"values": check_values, "axes": check_axes, "grids": check_grids, "vertical": check_vertical,
         "members": check_members, "intervals": check_intervals, "append": check_append, "checker": check_checker}

for one in json.loads(os.environ["POLYFST_CHECK"])["cases"] if os.environ["POLYFST_CHECK"].startswith("{") \
        else json.load(open(os.environ["POLYFST_CHECK"]))["cases"]:
    KINDS[one["kind"]](one)

print(json.dumps({"failed": len(FAILED)}))
sys.exit(1 if FAILED else 0)
