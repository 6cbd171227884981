"""Reads GeoTIFF with rasterio and holds it against the FST records it was made from.

Settings come as JSON in POLYFST_CHECK: {"cases": [{"tif", "folder", "record", "kind"}]}; kind is "native" (every value at its
place, bit for bit), "warped" (values within the range of the field), "keys" (only that the file opens as a valid COG).
"""
import json
import os
import sys

import numpy as np
import rasterio
from rasterio.warp import calculate_default_transform, transform as warp_transform
from pyproj import CRS, Transformer
from rio_cogeo.cogeo import cog_validate

SETTINGS = json.loads(os.environ["POLYFST_CHECK"])
FAILED = []
CELL = 0.01


def check(name, ok, why=""):
    print("ok" if ok else "not ok", name + ("" if ok else f": {why}"))
    if not ok:
        FAILED.append(name)


def stored(case, entry, doubled=False):
    return np.fromfile(os.path.join(case["folder"], entry["file"]), dtype=entry["dtype"],
                       count=entry["count"] * (2 if doubled else 1), offset=entry["offset"])


def vectors(lat, lon):
    a, b = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)], axis=-1)


def nearest(places, wanted):
    """Number of the place nearest to each of the wanted ones, and the angle to it, degrees."""
    numbers, angles = [], []
    for start in range(0, len(wanted), 256):
        dots = wanted[start:start + 256] @ places.T
        best = dots.argmax(axis=1)
        numbers.append(best)
        gap = np.linalg.norm(wanted[start:start + 256] - places[best], axis=1)
        angles.append(np.degrees(2 * np.arcsin(np.clip(gap / 2, 0, 1))))
    return np.concatenate(numbers), np.concatenate(angles)


def centres(dataset):
    crs = CRS.from_user_input(dataset.crs.to_wkt())
    columns, rows = np.meshgrid(np.arange(dataset.width) + 0.5, np.arange(dataset.height) + 0.5)
    x, y = dataset.transform * (columns.ravel(), rows.ravel())
    if crs.is_geographic and not crs.is_derived:
        return y, x
    if crs.is_derived:
        lon, lat = warp_transform(dataset.crs, "EPSG:4326", x, y)
        return np.asarray(lat), np.asarray(lon)
    lon, lat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
    return lat, lon


for case in SETTINGS["cases"]:
    label = case.get("label", os.path.basename(case["tif"]))
    valid, errors, warnings = cog_validate(case["tif"], quiet=True)
    check(label + " cog", valid and not errors, f"{errors} {warnings}")
    with rasterio.open(case["tif"]) as dataset:
        band = dataset.read(1)
        check(label + " nodata", np.isnan(dataset.nodata))
        if case.get("bands"):
            check(label + " bands", dataset.count == case["bands"], dataset.count)
        if case.get("units"):
            check(label + " units", dataset.units[0] == case["units"], dataset.units)
        check(label + " has a crs", dataset.crs is not None)
        record = case.get("record")
        if record is None:
            continue
        values = stored(case, record["values"])
        n = record["lonlat"]["count"]
        both = stored(case, record["lonlat"], doubled=True)
        lat, lon = centres(dataset)
        if case["kind"] == "native":
            numbers, angles = nearest(vectors(both[:n], both[n:]), vectors(np.asarray(lat), np.asarray(lon)))
            check(label + " places", angles.max() <= 1e-4, f"{angles.max()} degrees off")
            same = band.ravel().view("u4") == values[numbers].view("u4")
            check(label + " values", bool(same.all()), f"{(~same).sum()} differ")
        else:
            inside = ~np.isnan(band)
            check(label + " covers", inside.mean() > 0.3, inside.mean())
            check(label + " range", np.nanmin(band) >= np.nanmin(values) - 1e-3 and np.nanmax(band) <= np.nanmax(values) + 1e-3)
            numbers, angles = nearest(vectors(both[:n], both[n:]), vectors(np.asarray(lat), np.asarray(lon))[inside.ravel()])
            near = angles < 0.02
            gap = np.abs(band.ravel()[inside.ravel()][near] - values[numbers[near]])
            spread = np.nanmax(values) - np.nanmin(values)
            check(label + " near points", near.sum() == 0 or gap.max() <= 0.1 * spread, gap.max() if near.sum() else 0)


def bilinear(field, column, row):
    """Values between pixel centres of a raster; NaN beyond the outermost centres."""
    height, width = field.shape
    x, y = np.floor(column).astype(int), np.floor(row).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < width - 1) & (y < height - 1)
    x, y = np.where(inside, x, 0), np.where(inside, y, 0)
    u, v = column - x, row - y
    value = ((1 - u) * (1 - v) * field[y, x] + u * (1 - v) * field[y, x + 1]
             + (1 - u) * v * field[y + 1, x] + u * v * field[y + 1, x + 1])
    return np.where(inside, value, np.nan)


# a grid laid on even degrees beside the same grid as it is: interpolated here once more
for native_path, warped_path in SETTINGS.get("pairs", []):
    with rasterio.open(native_path) as native, rasterio.open(warped_path) as warped:
        check("warped is in longitude and latitude", warped.crs.to_epsg() == 4326, warped.crs)
        _, width, height = calculate_default_transform(native.crs, "EPSG:4326", native.width, native.height, *native.bounds)
        check("the derived system warps", width > 0 and height > 0, f"{width} x {height}")
        field, got = native.read(1).astype(float), warped.read(1)
        lat, lon = centres(warped)
        x, y = warp_transform("EPSG:4326", native.crs, lon, lat)
        column, row = ~native.transform * (np.asarray(x), np.asarray(y))
        want = bilinear(field, column - 0.5, row - 0.5).reshape(got.shape)
        both = ~np.isnan(want) & ~np.isnan(got)
        gap = np.abs(got[both] - want[both]).max()
        spread = np.nanmax(field) - np.nanmin(field)
        check("warped values", both.mean() > 0.3 and gap <= 1e-4 * spread, f"off by {gap} of {spread} at {both.mean():.0%}")

# GRIB2 of a rotated grid as GDAL places it
for path in SETTINGS.get("gribs", []):
    with rasterio.open(path) as dataset:
        check("GRIB2 has a derived system", CRS.from_user_input(dataset.crs.to_wkt()).is_derived, dataset.crs)

print(json.dumps({"failed": len(FAILED)}))
sys.exit(1 if FAILED else 0)
