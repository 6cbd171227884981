/** The package entry `polyfst`: FST files as a library. What a name does is told where it is defined and in docs/library.md. */

export type { Dtype } from '../native/index.js';
export * from '../schemas/problem.js';
export type { Container, GridDef, LatLon, RecordTable } from '../schemas/vocabulary.js';
export { type CopyOptions, type CopyReport, copyRecords, type Lost } from './fst/copy.js';
export type { KeyChanges, RecordChange } from './fst/edit.js';
export type { FstField } from './fst/field.js';
export { FstFile, type OpenOptions, openFst, type PointValues, type WriteOptions } from './fst/file.js';
export type { DateMatch, FstQuery, NumberMatch, Range, TextMatch } from './fst/find.js';
export * from './fst/ip.js';
export * from './fst/ip-triplet.js';
export type { ReadAs, ReadManyOptions, ReadOptions } from './fst/read-many.js';
export { FstRecord } from './fst/record.js';
export type { ScannedFile } from './fst/scanned-file.js';
export * from './fst/time.js';
export { type FieldValues, type FstArray, textOfValues } from './fst/values.js';
export * from './fst/vertical.js';
export { parseWhere, rowsWhere, type Where } from './fst/where.js';
export { gridCoordinates } from './grid/coords.js';
export { type Grid, type GridKind, openGrid, type Places, type Weights } from './grid/grid.js';
export type { ProbeLine } from './grid/probe.js';
export { applyWeights } from './grid/weights.js';
export { directionOf, speedOf, toEarth } from './grid/winds.js';
export type { MarsField } from './mars/field.js';
export type { MarsQuery } from './mars/query.js';
export { type MarsOpenOptions, MarsReader, type MarsReadOptions } from './mars-reader.js';
