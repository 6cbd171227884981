"""Writes rotated grids as other programs do, with xarray and without a return ticket: rotated.py FOLDER COUNT.

Prints, a JSON line a file, its path. Poles are random but the same every time; domains lie below 85 degrees of latitude.
"""
import json
import os
import sys

import numpy as np
import xarray as xr

folder, count = sys.argv[1], int(sys.argv[2])
random = np.random.default_rng(9)
made = 0
while made < count:
    pole_lat, pole_lon = random.uniform(5, 85), random.uniform(-180, 180)
    first_lat, first_lon = random.uniform(-25, 10), random.uniform(-40, 20)
    rlat, rlon = first_lat + 0.11 * np.arange(61), first_lon + 0.11 * np.arange(81)
    y, x = np.meshgrid(np.radians(rlat), np.radians(rlon), indexing="ij")
    s, c = np.sin(np.radians(pole_lat)), np.cos(np.radians(pole_lat))
    lat = np.degrees(np.arcsin(np.clip(s * np.sin(y) + c * np.cos(y) * np.cos(x), -1, 1)))
    lon = pole_lon + np.degrees(np.arctan2(-np.cos(y) * np.sin(x), c * np.sin(y) - s * np.cos(y) * np.cos(x)))
    if np.abs(lat).max() > 85:
        continue
    values = (270 + 10 * np.sin(3 * x) + 8 * np.cos(4 * y)).astype("f4")
    dataset = xr.Dataset(
        {"tas": (("time", "rlat", "rlon"), values[None], {"standard_name": "air_temperature", "units": "K", "grid_mapping": "rotated_pole"})},
        coords={"time": ("time", np.array(["2026-11-21T06:00"], "M8[ns]")),
                "rlat": ("rlat", rlat, {"standard_name": "grid_latitude", "units": "degrees"}),
                "rlon": ("rlon", rlon, {"standard_name": "grid_longitude", "units": "degrees"}),
                "lat": (("rlat", "rlon"), lat, {"standard_name": "latitude", "units": "degrees_north"}),
                "lon": (("rlat", "rlon"), lon, {"standard_name": "longitude", "units": "degrees_east"}),
                "height": ((), 2.0, {"standard_name": "height", "units": "m", "positive": "up"})})
    dataset["rotated_pole"] = ((), 0, {"grid_mapping_name": "rotated_latitude_longitude",
                                       "grid_north_pole_latitude": pole_lat, "grid_north_pole_longitude": pole_lon})
    path = os.path.join(folder, f"rotated{made}.nc")
    dataset.to_netcdf(path, encoding={"time": {"units": "hours since 1-1-1", "calendar": "standard"}})
    print(json.dumps({"path": path}))
    made += 1
