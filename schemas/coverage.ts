/**
 * CoverageJSON as types: the part of the format that Polyfst writes and reads, in both profiles. `ecmwf` names its axes
 * latitude, longitude and levelist; `ogc` x, y and z and says `domainType` on every domain. Checked reading of documents
 * from elsewhere goes through `coverageCollectionSchema`.
 */
import { z } from 'zod';

export const DOMAIN_TYPES = ['PointSeries', 'VerticalProfile', 'MultiPoint', 'Trajectory', 'Point', 'Grid'] as const;
export type DomainType = (typeof DOMAIN_TYPES)[number];

const scalar = z.union([z.number(), z.string()]);

const valuesAxis = z.object({ values: z.array(scalar).min(1) });
const regularAxis = z.object({ start: z.number(), stop: z.number(), num: z.number().int().min(1) });
const tupleAxis = z.object({
  dataType: z.literal('tuple'),
  coordinates: z.array(z.string()).min(1),
  values: z.array(z.array(scalar).min(1)).min(1),
});
export type ValuesAxis = z.infer<typeof valuesAxis>;
export type RegularAxis = z.infer<typeof regularAxis>;
export type TupleAxis = z.infer<typeof tupleAxis>;

/** Axes by name: which are there follows from the profile and the domain type. */
const axesSchema = z.record(z.string(), z.union([tupleAxis, valuesAxis, regularAxis]));
export type DomainAxes = z.infer<typeof axesSchema>;

const i18n = z.record(z.string(), z.string());

const referencingSchema = z.looseObject({
  coordinates: z.array(z.string()).min(1),
  system: z.looseObject({ type: z.string(), id: z.string().optional() }),
});
export type Referencing = z.infer<typeof referencingSchema>;

const domainSchema = z.looseObject({
  type: z.literal('Domain'),
  domainType: z.enum(DOMAIN_TYPES).optional(),
  axes: axesSchema,
  referencing: z.array(referencingSchema).optional(),
});
export type Domain = z.infer<typeof domainSchema>;

const parameterSchema = z.looseObject({
  type: z.literal('Parameter'),
  description: i18n.optional(),
  unit: z
    .looseObject({
      label: i18n.optional(),
      symbol: z.union([z.string(), z.looseObject({ value: z.string() })]).optional(),
    })
    .optional(),
  observedProperty: z.looseObject({ id: z.string().optional(), label: i18n }),
  'mars:paramId': z.number().optional(),
  'fst:nomvar': z.string().optional(),
});
export type CoverageParameter = z.infer<typeof parameterSchema>;

const rangeSchema = z.looseObject({
  type: z.literal('NdArray'),
  dataType: z.enum(['float', 'integer', 'string']),
  axisNames: z.array(z.string()).optional(),
  shape: z.array(z.number().int().min(0)).optional(),
  values: z.array(z.number().nullable()),
});
export type NdArray = z.infer<typeof rangeSchema>;

const coverageSchema = z.looseObject({
  type: z.literal('Coverage'),
  'mars:metadata': z.record(z.string(), z.unknown()).optional(),
  domain: domainSchema,
  ranges: z.record(z.string(), rangeSchema),
});
export type Coverage = z.infer<typeof coverageSchema>;

export const coverageCollectionSchema = z.looseObject({
  type: z.literal('CoverageCollection'),
  domainType: z.enum(DOMAIN_TYPES).optional(),
  parameters: z.record(z.string(), parameterSchema),
  referencing: z.array(referencingSchema).optional(),
  coverages: z.array(coverageSchema),
});
export type CoverageCollection = z.infer<typeof coverageCollectionSchema>;

/** Media types of the two profiles. */
export const COVJSON_MEDIA = { ecmwf: 'application/prs.coverage+json', ogc: 'application/vnd.cov+json' } as const;
export type CovjsonProfile = keyof typeof COVJSON_MEDIA;

/** Which profile a document is in: only `ogc` repeats the domain type on its domains. */
export function profileOf(collection: CoverageCollection): CovjsonProfile {
  return collection.coverages[0]?.domain.domainType === undefined ? 'ecmwf' : 'ogc';
}
