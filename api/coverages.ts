/**
 * OGC API - Coverages of the collections of EDR: fields, box, times and parts of axes out of one collection, at its own points
 * or scaled to rows and columns.
 */
import type { RequestHandler, Router } from 'express';
import type { OgcAnswer } from '../formats/ogc-coverage.js';
import { ucumOf } from '../schemas/params.js';
import { answerCoverage, readCoverageQuery } from './coverage-query.js';
import { type EdrDeps, requireCollection, requireRun, rootOf } from './edr/deps.js';
import { jobHint } from './edr/router.js';
import { methodNotAllowed } from './errors.js';
import { leaving } from './leaving.js';
import { entityTag, isUnchanged, sendDocument } from './ogc/answer.js';
import { titleOf } from './ogc/collection-document.js';
import { chooseFormat, sendAnswer } from './ogc/data-formats.js';
import type { EdrCollection } from './ogc/edr-collections.js';
import { MEDIA, selfLinks } from './ogc/links.js';
import { readQueryValues } from './ogc/query.js';
import { baseUrl } from './reply.js';

function coverageHandler(deps: EdrDeps): RequestHandler {
  return async (req, res) => {
    const values = readQueryValues(req);
    const collection = await requireCollection(req, res, deps);
    const run = requireRun(req, collection);
    const format = chooseFormat(req, values, deps.coverageFormats);
    res.vary('Accept');
    const base = baseUrl(req, deps.config.http.publicUrl);
    const query = readCoverageQuery(collection, run, values);
    const tag = entityTag(collection.cube.version, req.originalUrl, format.name);
    const answer: OgcAnswer = await jobHint(base, collection, () =>
      answerCoverage(query, { deps, rectangular: format.rectangular === true, signal: leaving(res) }),
    );
    if (isUnchanged(req, res, tag)) return;
    if (answer.coverages.length === 0) {
      res.status(204).end();
      return;
    }
    const address = `${base}${req.originalUrl}`;
    res.setHeader('Content-Disposition', `inline; filename="${collection.id}.${format.extension}"`);
    await sendAnswer(res, format, answer, { query: address, title: titleOf(collection), meta: false });
  };
}

/** JSON Schema of the fields of a collection. */
function schemaDocument(collection: EdrCollection, href: string): object {
  const properties = collection.parameters.map(({ key, ref, nomvar }, n) => [
    key,
    {
      title: ref.description || key,
      type: 'number',
      'x-ogc-propertySeq': n + 1,
      'x-ogc-unit': ucumOf(ref.unit),
      'x-ogc-unitLang': 'UCUM',
      ...(ref.standardName === undefined
        ? {}
        : { 'x-ogc-definition': `http://vocab.nerc.ac.uk/standard_name/${ref.standardName}/` }),
      'x-polyfst-nomvar': nomvar,
    },
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: href,
    title: titleOf(collection),
    type: 'object',
    links: selfLinks(href, 'Schema of the fields', MEDIA.schema),
    properties: Object.fromEntries(properties),
  };
}

/** Routes of coverages, to be added to the router of the collections. */
export function coverageRoutes(deps: EdrDeps): (router: Router) => void {
  return (router) => {
    const parents = ['/collections/:collectionId', '/collections/:collectionId/instances/:instanceId'];
    for (const parent of parents) {
      router.get(`${parent}/coverage`, coverageHandler(deps));
      router.all(`${parent}/coverage`, methodNotAllowed('GET', 'HEAD'));
    }
    router.get('/collections/:collectionId/schema', async (req, res) => {
      const collection = await requireCollection(req, res, deps);
      const root = rootOf(req, deps);
      const href = `${root}/collections/${collection.id}/schema`;
      const crumbs = [[collection.id, `${root}/collections/${collection.id}?f=html`]] as const;
      sendDocument(req, res, schemaDocument(collection, href), {
        values: readQueryValues(req),
        crumbs,
        type: MEDIA.schema,
      });
    });
    router.all('/collections/:collectionId/schema', methodNotAllowed('GET', 'HEAD'));
  };
}
