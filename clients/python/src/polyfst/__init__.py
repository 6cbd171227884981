"""Client of Polyfst servers, without dependencies of its own; `open_run` needs xarray and zarr, `table` polars."""

from .datasets import open_run, runs, table
from .polytope import Client, PolyfstError, retrieve

__all__ = ["Client", "PolyfstError", "open_run", "retrieve", "runs", "table"]
