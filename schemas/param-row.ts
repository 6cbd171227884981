/** A site's own row of the parameter table: changes what the built-in table says of a nomvar, or adds a name. */
import { z } from 'zod';

const unit = z.string().max(64);
const finite = z.number();

export const paramOverrideSchema = z.strictObject({
  nomvar: z
    .string()
    .trim()
    .min(1)
    .max(4)
    .transform((name) => name.toUpperCase())
    .describe('Variable name of the records.'),
  where: z.enum(['any', 'level', 'near']).optional().describe('Levels that the MARS name stands for; absent: any.'),
  shortName: z
    .string()
    .min(1)
    .max(32)
    .optional()
    .describe('MARS short name; a name of the built-in table is taken over.'),
  paramId: z.number().int().positive().optional().describe('MARS parameter number.'),
  standardName: z.string().min(1).max(128).optional().describe('CF standard name.'),
  description: z.string().max(256).optional().describe('Meaning, for people.'),
  unit: unit.optional().describe('Unit of the stored values.'),
  marsUnit: unit.optional().describe('Unit under the MARS name.'),
  scale: finite.optional().describe('MARS value = stored * scale + offset.'),
  offset: finite.optional().describe('MARS value = stored * scale + offset.'),
  cfUnit: unit.optional().describe('CF unit.'),
  cfScale: finite.optional().describe('CF value = stored * cfScale + cfOffset.'),
  cfOffset: finite.optional().describe('CF value = stored * cfScale + cfOffset.'),
  partner: z
    .string()
    .min(1)
    .max(4)
    .optional()
    .describe('nomvar of the other component of a vector along the grid axes.'),
  component: z.enum(['u', 'v']).optional().describe('Which component of the vector this is.'),
});
export type ParamOverride = Readonly<z.infer<typeof paramOverrideSchema>>;
