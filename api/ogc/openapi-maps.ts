/** The addresses of maps and their styles in the OpenAPI document. */
type Json = { readonly [key: string]: unknown };

interface MapParts {
  readonly collection: Json;
  readonly instance: Json;
  failures(...codes: readonly number[]): Json;
  documentPath(summary: string, operationId: string, parameters: readonly Json[]): Json;
}

const text: Json = { type: 'string' };
const side: Json = { type: 'integer', minimum: 1, maximum: 4096 };

const KEYS: readonly (readonly [name: string, description: string, schema: Json])[] = [
  ['properties', 'The parameter that is drawn; absent: the first.', text],
  ['bbox', 'Box of the map, in the order of axes of bbox-crs; absent: the whole grid.', text],
  ['bbox-crs', 'Coordinate system of the box; absent: CRS84.', text],
  ['crs', 'Coordinate system of the map: CRS84, EPSG:4326, EPSG:3857 or EPSG:5937.', text],
  ['width', 'Columns of pixels.', side],
  ['height', 'Rows of pixels.', side],
  ['datetime', 'A time of the collection; absent: the newest.', text],
  ['z', 'A level of the collection; absent: the one nearest to the ground.', text],
  ['number', 'Member of the ensemble.', text],
  ['transparent', 'Whether pixels without values are transparent.', { type: 'boolean' }],
  ['bgcolor', 'Colour of pixels without values, 0xRRGGBB.', text],
  ['f', 'png.', text],
];

const STYLE: Json = {
  name: 'styleId',
  in: 'path',
  description: 'A style: its name, or {parameter}.{style}.',
  required: true,
  schema: text,
};

export function mapPaths({ collection, instance, failures, documentPath }: MapParts): Json {
  const keys = KEYS.map(([name, description, schema]) => ({ name, in: 'query', description, required: false, schema }));
  const picture = (summary: string, operationId: string, ids: readonly Json[], own: readonly Json[]): Json => ({
    get: {
      tags: ['Maps'],
      summary,
      operationId,
      parameters: [...ids, ...own],
      responses: {
        200: {
          description: 'The picture.',
          content: { 'image/png': { schema: { type: 'string', format: 'binary' } } },
        },
        ...failures(413),
      },
    },
  });
  const home = '/collections/{collectionId}';
  const run = `${home}/instances/{instanceId}`;
  return {
    [`${home}/map`]: picture('Map of a collection', 'mapOfCollection', [collection], keys),
    [`${run}/map`]: picture('Map of a run', 'mapOfInstance', [collection, instance], keys),
    [`${home}/styles`]: documentPath('Styles of maps', 'stylesOfCollection', [collection]),
    [`${home}/styles/{styleId}/map`]: picture('Map in a style', 'styledMapOfCollection', [collection, STYLE], keys),
    [`${run}/styles/{styleId}/map`]: picture(
      'Map of a run in a style',
      'styledMapOfInstance',
      [collection, instance, STYLE],
      keys,
    ),
    [`${home}/styles/{styleId}/legend`]: picture('Legend of a style', 'legendOfStyle', [collection, STYLE], []),
  };
}
