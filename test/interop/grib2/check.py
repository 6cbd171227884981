"""Reads GRIB2 files with ecCodes and cfgrib and holds them against the FST records they were made from.

Settings come as JSON in POLYFST_CHECK: {"cases": [{"grib", "records", "skipped", "values", "lonlat"}], "run": path}.
Prints "ok NAME" or "not ok NAME: why" a check, and exits 1 when one failed.
"""
import json
import os
import sys

import eccodes as ec
import numpy as np
import warnings

warnings.simplefilter("ignore")
SETTINGS = json.loads(os.environ["POLYFST_CHECK"])
FAILED = []
KELVIN = {"TT", "TD", "TW", "T5", "T9"}
KNOTS = {"UU", "VV", "UV"}
POWERS = {"GZ": 1, "PN": 2, "P0": 2, "PX": 2, "HR": 2, "NT": 2, "NB": 2, "NM": 2, "NH": 2, "AL": 2, "VF": 2, "PR": 3, "PC": 3,
          "RN": 3, "SN": 3, "FR": 3, "PE": 3, "RT": 3, "RC": 3, "SD": -2, "PV": -6, "SALW": -3}


def to_grib(nomvar, values):
    """Values in the unit of the format."""
    if nomvar in KELVIN:
        return values + 273.15
    if nomvar in KNOTS:
        return values * 0.514444
    if nomvar in ("FC", "FV"):
        return -values
    power = POWERS.get(nomvar, 0)
    return values * 10.0**power if power >= 0 else values / 10.0**-power


NAMES = {"TT": {"t", "2t"}, "UU": {"u", "10u"}, "VV": {"v", "10v"}, "GZ": {"gh"}, "PN": {"prmsl"}, "P0": {"sp"},
         "HU": {"q", "2sh"}, "HR": {"r"}, "PR": {"tp"}, "NT": {"tcc"}, "TD": {"dpt", "2d"}, "WW": {"w"}, "ME": {"orog"},
         "MG": {"lsm"}, "I5": {"sd"}, "SD": {"sde"}, "TM": {"sst"}, "GL": {"ci"}, "AL": {"al"}, "VF": {"veg"}, "H": {"blh"},
         "CAPE": {"cape"}, "CIN": {"cin"}, "IH": {"tcwv"}, "QQ": {"absv"}, "QR": {"vo"}, "DD": {"d"}, "TH": {"pt"}, "RT": {"tprate"},
         "SN": {"sf"}, "FR": {"fzrawe"}, "RN": {"tirf"}, "PC": {"cp"}, "N4": {"ssrd"}, "AD": {"strd"}, "FB": {"sdswrf"},
         "FI": {"sdlwrf"}, "FS": {"snswrf"}, "SI": {"snlwrf"}, "FC": {"ishf"}, "FV": {"slhtf"}, "UE": {"fricv"}, "EN": {"tke"},
         "VIS": {"vis"}, "O3": {"o3"}, "SSH": {"zos"}, "SALW": {"s"}, "T9": {"max_2t"}, "T5": {"min_2t"},
         "WGX": {"max_i10fg"}, "WGE": {"i10fg"}, "TW": {"wbt"}, "TG": {"skt"}, "TS": {"skt"}, "UV": {"ws", "10si"},
         "WD": {"wdir", "10wdir"}, "WZ": {"wz"}, "PX": {"pres"}, "PV": {"pv"}, "PE": {"iprate"}, "RC": {"cpr"},
         "DN": {"rsn"}, "SNO": {"sd"}, "NB": {"lcc"}, "NM": {"mcc"}, "NH": {"hcc"}, "FN": {"cc"}, "QC": {"clwmr"},
         "LG": {"ci"}, "I8": {"sithick"}, "I7": {"sit"}, "Z0": {"fsr"}, "VG": {"landu"}}


def check(name, ok, why=""):
    if ok:
        print("ok", name)
    else:
        FAILED.append(name)
        print("not ok", name + ":", why)


def messages(path):
    with open(path, "rb") as file:
        while True:
            handle = ec.codes_grib_new_from_file(file)
            if handle is None:
                return
            yield handle
            ec.codes_release(handle)


def get(handle, key):
    return ec.codes_get(handle, key)


def values_of(case, record):
    """Golden values as float32, rows as stored, NaN missing; None where the golden has none."""
    entry = record["values"]
    if "file" in entry:
        data = np.fromfile(os.path.join(case["folder"], entry["file"]), dtype=entry["dtype"],
                           count=entry["count"], offset=entry["offset"])
        return data.reshape(record["nj"], record["ni"])
    return None


def places_of(case, record):
    entry = record.get("lonlat")
    if not entry or "file" not in entry:
        return None
    data = np.fromfile(os.path.join(case["folder"], entry["file"]), dtype=entry["dtype"],
                       count=2 * entry["count"], offset=entry["offset"]).astype(float)
    n = entry["count"]
    return data[:n].reshape(record["nj"], record["ni"]), data[n:].reshape(record["nj"], record["ni"])


def angle(lat0, lon0, lat1, lon1):
    """Great-circle distance, degrees."""
    a, b, c, d = map(np.radians, (lat0, lon0, lat1, lon1))
    x = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(x, 0, 1))))


def compare(case, handle, record):
    nomvar = record["nomvar"].strip()
    ni, nj = get(handle, "Nx" if get(handle, "gridType") == "polar_stereographic" else "Ni"), record["nj"]
    label = f"{os.path.basename(case['grib'])} {record['row']} {nomvar} {record['grtyp']} {record['datyp']}/{record['nbits']}"
    got = ec.codes_get_values(handle)
    if get(handle, "bitmapPresent"):
        got = np.where(got == get(handle, "missingValue"), np.nan, got)
    got = got.reshape(nj, ni)
    stored = values_of(case, record)
    if stored is not None:
        want = stored[:, :ni].astype(float)
        want_grib = to_grib(nomvar, want)
        same = np.isnan(want) == np.isnan(got)
        check(label + " missing", bool(same.all()), "other points are missing")
        if nomvar not in KELVIN | KNOTS and record["datyp"] & 63 == 6:
            equal = np.isclose(np.nan_to_num(got), np.nan_to_num(want_grib), rtol=1e-12, atol=0)
            check(label + " bits", bool(equal.all()), f"{(~equal).sum()} differ")
        step = 2.0 ** get(handle, "binaryScaleFactor") * 10.0 ** -get(handle, "decimalScaleFactor")
        off = np.nanmax(np.abs(got - want_grib)) if not np.isnan(want).all() else 0
        check(label + " values", off <= step / 2 + 4e-5 * (nomvar in KELVIN) + 2e-7 * np.abs(np.nan_to_num(got)).max(),
              f"off by {off}, step {step}")
    places = places_of(case, record)
    if places is not None:
        lat = ec.codes_get_array(handle, "latitudes").reshape(nj, ni)
        lon = ec.codes_get_array(handle, "longitudes").reshape(nj, ni)
        far = angle(lat, lon, places[0][:, :ni], places[1][:, :ni]).max()
        check(label + " places", far <= 1e-4, f"{far} degrees off")
    if nomvar in NAMES:
        short = get(handle, "shortName")
        check(label + " name", short in NAMES[nomvar], short)
    if record["datyp"] & 63 == 6 and nomvar not in ("UU", "VV", "UV"):
        size, most = get(handle, "totalLength"), 1.02 * ni * nj * record["nbits"] / 8 + 200
        check(label + " size", size <= most + (ni * nj / 8 if get(handle, "bitmapPresent") else 0), f"{size} > {most}")
    if nomvar in ("UU", "VV") and record["grtyp"] in "ZE" and get(handle, "gridType") == "rotated_ll":
        want = 0 if case.get("winds") == "earth" else 1
        check(label + " flag", get(handle, "uvRelativeToGrid") == want)
    hours = record["deet"] * record["npas"] / 3600
    if nomvar not in ("PR", "RN", "SN", "FR", "PE", "PC", "N4", "AD", "WGX", "T9", "T5") and hours == int(hours):
        check(label + " step", str(get(handle, "stepRange")) == str(int(hours)), get(handle, "stepRange"))


def inverted(handle, record):
    if record["grtyp"] in "ABG":
        want = 0 if record["ig2"] == 1 else 1
        check(f"row {record['row']} jScansPositively", get(handle, "jScansPositively") == want)


for case in SETTINGS["cases"]:
    kept = [r for r in case["records"] if r["row"] not in set(case["skipped"])]
    found = 0
    for handle, record in zip(messages(case["grib"]), kept):
        found += 1
        compare(case, handle, record)
        inverted(handle, record)
    count = sum(1 for _ in messages(case["grib"]))
    check(f"{os.path.basename(case['grib'])} count", found == len(kept) == count, f"{count} messages, {len(kept)} records")

for path in SETTINGS.get("cfgrib", []):
    import cfgrib

    sets = cfgrib.open_datasets(path, backend_kwargs={"indexpath": ""})
    levels = {d.coords["isobaricInhPa"].size for d in sets if "isobaricInhPa" in d.coords}
    check("cfgrib opens " + os.path.basename(path), len(sets) > 0 and levels, str(sets))
    check("cfgrib times", all("step" in d.coords and "valid_time" in d.coords for d in sets))
    print("note", [(sorted(map(str, d.data_vars)), dict(d.sizes)) for d in sets])

for path, keys in SETTINGS.get("keys", []):
    for handle, wanted in zip(messages(path), keys):
        for key, want in wanted.items():
            got = get(handle, key)
            check(f"{os.path.basename(path)} {key}", str(got) == str(want), f"{got}, not {want}")

# float64 values of the first messages of a file, in its units
for path, dump in SETTINGS.get("vectors", []):
    wanted = np.fromfile(dump, dtype="<f8")
    at = 0
    for handle in messages(path):
        got = ec.codes_get_values(handle)
        if at + got.size > wanted.size:
            break
        off = np.abs(got - wanted[at:at + got.size]).max()
        check(f"{os.path.basename(path)} turned {get(handle, 'shortName')}", off <= 1e-3 + 2.0 ** get(handle, "binaryScaleFactor") / 2, off)
        at += got.size
    check(f"{os.path.basename(path)} turned fields", at == wanted.size and at > 0, f"{at} of {wanted.size}")

print(json.dumps({"failed": len(FAILED)}))
sys.exit(1 if FAILED else 0)
