/** Zarr v3 and v2 as converters. */
import type { Converter } from './formats.js';

export const zarr: Converter = { options: [] };
export const zarr2: Converter = { options: [] };
