/**
 * A collection: folders of FST files with the rules that turn record keys into MARS keys. The same shape is read from
 * `DIR/collection.json` (written by `polyfst demo`) and from the configuration file.
 */
import { z } from 'zod';
import { paramOverrideSchema } from './param-row.js';

/** Names appear in URLs and file names. */
export const COLLECTION_NAME: RegExp = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Name of the collection of a folder without `collection.json`. */
export const DEFAULT_COLLECTION = 'default';

const word = z.string().min(1).max(64);
const text = z.string().max(4096);

/** expver in normal form: digits are padded to four characters, everything else is kept. */
export function padExpver(value: string): string {
  return /^\d{1,3}$/.test(value) ? value.padStart(4, '0') : value;
}

const expver = z
  .union([z.string().regex(/^[0-9A-Za-z]{1,4}$/), z.number().int().min(0).max(9999)])
  .transform((value) => padExpver(String(value)))
  .describe('Version label, 4 characters; digits are padded with zeros.');

/** First rule whose patterns all match a record decides; a record that no rule matches keeps the constants and defaults. */
export const ruleSchema = z.strictObject({
  etiket: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Pattern that the etiket must match (`*` and `?`; trailing blanks ignored).'),
  typvar: z.string().min(1).max(8).optional().describe('Pattern that the typvar must match.'),
  nomvar: z.string().min(1).max(16).optional().describe('Pattern that the nomvar must match.'),
  class: word.optional().describe('MARS class of matching records.'),
  stream: word.optional().describe('MARS stream of matching records, for example oper or enfo.'),
  type: word.optional().describe('MARS type; absent: an, fc, cf or pf by typvar and member.'),
  domain: word.optional().describe('MARS domain of matching records.'),
  expver: expver.optional(),
  number: z
    .union([z.enum(['ip3', 'etiket', 'none']), z.number().int().min(0)])
    .optional()
    .describe(
      'Member number: `ip3`, `etiket` (its last three characters), `none`, or a fixed number; 0 is the control.',
    ),
});
export type CollectionRule = Readonly<z.infer<typeof ruleSchema>>;

const members = {
  title: text.optional().describe('Title shown to people.'),
  description: text.optional().describe('A sentence or two about the data.'),
  class: word.optional().describe('MARS class of every record.'),
  stream: word.optional().describe('MARS stream of every record that no rule gives one.'),
  type: word.optional().describe('MARS type of every record that no rule gives one.'),
  expver: expver.optional(),
  domain: word.optional().describe('MARS domain of every record.'),
  rules: z
    .array(ruleSchema)
    .max(1000)
    .default([])
    .describe('Rules from record keys to MARS keys; the first match wins.'),
  params: z
    .array(paramOverrideSchema)
    .max(5000)
    .default([])
    .describe('Rows that extend or replace rows of the parameter table.'),
  outsidePolicy: z
    .enum(['error', 'null'])
    .default('error')
    .describe('Answer to a point outside the grid: an error, or a coverage of nulls.'),
  emptyFeature: z
    .enum(['error', 'empty', 'nearest'])
    .default('error')
    .describe('Answer to a shape without grid points: an error, an empty list, or the nearest point.'),
  selfIntersection: z
    .enum(['error', 'evenodd'])
    .default('error')
    .describe('Answer to a polygon that crosses itself: an error, or the even-odd rule.'),
  sideFiles: z
    .array(z.string().min(1).max(4))
    .max(1000)
    .default([])
    .describe(
      'Variables (nomvar) whose series are also kept time-major in the state folder, for quick series at points.',
    ),
  roles: z.array(word).max(100).default([]).describe('Roles that may use the collection; empty: every user.'),
};

/** `DIR/collection.json` */
export const collectionFileSchema = z.strictObject({
  name: z.string().regex(COLLECTION_NAME).describe('Name in URLs.'),
  ...members,
});
export type CollectionFile = Readonly<z.infer<typeof collectionFileSchema>>;

/** A collection of the configuration file: as above, the name is its key, and it says where its files are. */
export const collectionConfigSchema = z.strictObject({
  roots: z
    .array(z.string().min(1).max(4096))
    .min(1)
    .max(1000)
    .describe('Folders with the files, read recursively, or s3://bucket/prefix.'),
  ...members,
});
export type CollectionConfig = Readonly<z.infer<typeof collectionConfigSchema>>;

/** A collection as the rest of the program sees it. */
export type Collection = CollectionConfig & { readonly name: string };

/** MARS keys that a collection may fix, so that a request may leave them out. */
export const CONSTANT_KEYS = ['class', 'stream', 'type', 'expver', 'domain'] as const;
export type ConstantKey = (typeof CONSTANT_KEYS)[number];
