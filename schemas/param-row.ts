/** Shape of a row of the parameter table, shared by the built-in table (params.json) and by a site's own rows. */
import { z } from 'zod';

const unit = z.string().max(64);

/**
 * One meaning of one nomvar. `near` rows hold for near-surface levels (levtype sfc), `level` rows for fields on levels,
 * `any` rows for both. MARS value = stored value * scale + offset; the same with cfScale and cfOffset for CF units.
 */
export const paramRowSchema = z.strictObject({
  nomvar: z
    .string()
    .min(1)
    .max(4)
    .transform((name) => name.trim().toUpperCase())
    .describe('Variable name of the record.'),
  where: z.enum(['any', 'level', 'near']).default('any').describe('Levels that the row holds for.'),
  shortName: z.string().min(1).max(32).optional().describe('MARS short name.'),
  paramId: z.number().int().positive().optional().describe('MARS parameter number.'),
  standardName: z.string().min(1).max(128).optional().describe('CF standard name.'),
  description: z.string().max(256).describe('Meaning, for people.'),
  unit: unit.describe('Unit of the stored values.'),
  marsUnit: unit.optional().describe('Unit under the MARS name; absent: the unit of the file.'),
  scale: z.number().default(1).describe('MARS value = stored * scale + offset.'),
  offset: z.number().default(0).describe('MARS value = stored * scale + offset.'),
  cfUnit: unit.optional().describe('CF unit; absent: the unit of the file.'),
  cfScale: z.number().default(1).describe('CF value = stored * cfScale + cfOffset.'),
  cfOffset: z.number().default(0).describe('CF value = stored * cfScale + cfOffset.'),
  rotate: z
    .strictObject({
      partner: z.string().min(1).max(4).describe('nomvar of the other component.'),
      component: z.enum(['u', 'v']).describe('Which of the pair this is.'),
    })
    .optional()
    .describe('For components along grid axes.'),
});
export type ParamRow = Readonly<z.infer<typeof paramRowSchema>>;

/** A site's row: only nomvar is needed, what is left out is taken from the built-in row. */
export const paramOverrideSchema = z.strictObject({
  nomvar: paramRowSchema.shape.nomvar,
  where: z.enum(['any', 'level', 'near']).optional().describe('Levels that the row holds for.'),
  shortName: paramRowSchema.shape.shortName,
  paramId: paramRowSchema.shape.paramId,
  standardName: paramRowSchema.shape.standardName,
  description: z.string().max(256).optional().describe('Meaning, for people.'),
  unit: unit.optional().describe('Unit of the stored values.'),
  marsUnit: paramRowSchema.shape.marsUnit,
  scale: z.number().optional().describe('MARS value = stored * scale + offset.'),
  offset: z.number().optional().describe('MARS value = stored * scale + offset.'),
  cfUnit: paramRowSchema.shape.cfUnit,
  cfScale: z.number().optional().describe('CF value = stored * cfScale + cfOffset.'),
  cfOffset: z.number().optional().describe('CF value = stored * cfScale + cfOffset.'),
  rotate: paramRowSchema.shape.rotate,
});
export type ParamOverride = Readonly<z.infer<typeof paramOverrideSchema>>;
