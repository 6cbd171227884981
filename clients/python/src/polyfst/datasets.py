"""Whole runs as xarray datasets over the server's virtual Zarr stores, and answers as polars tables."""

import io
import json

from .polytope import Client


def runs(url, collection=None, key=None):
    """Stores of the server, oldest run first: dicts with collection, run, complete and href."""
    stores = Client(url, key)._json("/zarr")["stores"]
    own = [s for s in stores if collection is None or s["collection"] == collection or s["collection"].startswith(f"{collection}-")]
    return sorted(own, key=lambda store: (store["run"], store["collection"]))


def open_run(url, collection=None, run=None, key=None, **options):
    """A run as an xarray dataset, read on demand; the newest without `run` (`YYYYMMDDTHHMMSSZ`).

    `collection` is the name of a store, such as `demo-pl`. Options go to `xarray.open_zarr`.
    """
    import xarray

    stores = [s for s in runs(url, collection, key) if run is None or s["run"] == run]
    if not stores:
        raise KeyError(f"no run {run or ''} of {collection or 'any collection'} on {url}")
    newest = stores[-1]["run"]
    found = [s for s in stores if s["run"] == newest]
    if len(found) > 1:
        raise ValueError(f"run {newest} has several stores; name one of {', '.join(s['collection'] for s in found)}")
    if key is not None:
        options.setdefault("storage_options", {"client_kwargs": {"headers": {"Authorization": f"Bearer {key}"}}})
    options.setdefault("chunks", None)
    # the stores speak both formats; without a choice readers warn
    options.setdefault("zarr_format", 3)
    return xarray.open_zarr(found[0]["href"].rstrip("/"), **options)


def _axis(axes, *names):
    for name in names:
        if name in axes and "values" in axes[name]:
            return axes[name]["values"]
    return []


def _rows(collection):
    """Rows of a CoverageCollection in the ecmwf profile: one a point, time, level and parameter."""
    for coverage in collection["coverages"]:
        axes = coverage["domain"]["axes"]
        metadata = coverage.get("mars:metadata", {})
        if "composite" in axes:
            names = axes["composite"]["coordinates"]
            points = [dict(zip(names, values)) for values in axes["composite"]["values"]]
        else:
            points = [{}]
            for name in ("t", "levelist"):
                values = _axis(axes, name)
                if len(values) > 1:
                    points = [{**point, name: value} for point in points for value in values]
        single = {name: _axis(axes, name)[0] for name in axes if len(_axis(axes, name)) == 1}
        for param, data in coverage["ranges"].items():
            units = collection["parameters"][param].get("unit", {}).get("symbol", "")
            for point, value in zip(points, data["values"]):
                place = {**single, **point}
                yield {
                    "param": param,
                    "units": units["value"] if isinstance(units, dict) else units,
                    "number": metadata.get("number"),
                    "step": str(metadata.get("step", "")),
                    "time": place.get("t"),
                    "latitude": place.get("latitude", place.get("x")),
                    "longitude": place.get("longitude", place.get("y")),
                    "level": place.get("levelist"),
                    "value": value,
                }


def table(url, request, collection=None, key=None):
    """Answer of a request as a polars table; `format` of the request may be parquet or arrow where the server offers them."""
    import polars

    client = Client(url, key)
    wanted = str(request.get("format", "covjson"))
    answer = client.fetch(request, collection)
    if wanted == "parquet":
        return polars.read_parquet(io.BytesIO(answer))
    if wanted == "arrow":
        return polars.read_ipc_stream(io.BytesIO(answer))
    schema = {
        "param": polars.String,
        "units": polars.String,
        "number": polars.Int32,
        "step": polars.String,
        "time": polars.String,
        "latitude": polars.Float64,
        "longitude": polars.Float64,
        "level": polars.Float64,
        "value": polars.Float32,
    }
    return polars.DataFrame(list(_rows(json.loads(answer))), schema=schema, orient="row")
