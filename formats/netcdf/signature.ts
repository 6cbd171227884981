/** What NetCDF-4 files begin with, apart from their reader, which takes long to load. */
const HDF5_MAGIC = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

export function isHdf5(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 8)).equals(HDF5_MAGIC);
}
