/** NetCDF-4 and NetCDF-3 as converters. */
import type { Converter } from './formats.js';

export const netcdf: Converter = { options: [] };
export const netcdf3: Converter = { options: [] };
