/** The configuration as a flat list of keys with defaults and descriptions: what docs/config.md is made from. */
import { z } from 'zod';
import { configSchema, SETTINGS } from './config.js';

/** A leaf of the configuration. `[]` in a key stands for a list item, `<name>` for a name of the reader's own. */
export interface ConfigRow {
  readonly key: string;
  readonly type: string;
  /** JSON text of the default; empty when there is none */
  readonly fallback: string;
  readonly description: string;
  /** environment variable, where there is one */
  readonly variable: string;
}

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' | ');
  if (schema.type === 'array') return `list of ${schema.items === undefined ? 'values' : typeOf(schema.items)}`;
  return schema.type ?? 'value';
}

function* leaves(schema: JsonSchema, key: string): Generator<ConfigRow> {
  const inner = schema.items?.properties === undefined ? schema : schema.items;
  const at = inner === schema ? key : `${key}[]`;
  if (inner.properties !== undefined) {
    for (const [name, member] of Object.entries(inner.properties))
      yield* leaves(member, at === '' ? name : `${at}.${name}`);
    return;
  }
  if (typeof inner.additionalProperties === 'object') {
    yield* leaves(inner.additionalProperties, `${at}.<name>`);
    return;
  }
  const setting = SETTINGS.find((one) => one.path.join('.') === key);
  yield {
    key,
    type: typeOf(schema),
    fallback: schema.default === undefined ? '' : JSON.stringify(schema.default),
    description: schema.description ?? '',
    variable: setting?.variable ?? '',
  };
}

/** Every leaf, in the order of the schema. */
export function configRows(): readonly ConfigRow[] {
  return [...leaves(z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, '')];
}
