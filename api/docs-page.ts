/** The readable page at /docs over the OpenAPI documents. Everything comes from this service; it works without a network. */

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express, { Router } from 'express';
import type { ApiDeps } from './context.js';
import { errorHandler, methodNotAllowed, notFoundHandler } from './errors.js';
import { openApiDocument } from './openapi.js';
import { baseUrl, prefixOf, sendJson } from './reply.js';
import { PAGE_POLICY } from './security.js';

/** Files of the page that are served; the package holds maps and examples besides. */
const FILES = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']);

const page = (prefix: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Polyfst API</title>
<link rel="stylesheet" href="${prefix}/docs/swagger-ui.css">
<link rel="icon" href="${prefix}/docs/favicon-32x32.png">
</head>
<body>
<main id="ui"></main>
<script src="${prefix}/docs/swagger-ui-bundle.js"></script>
<script src="${prefix}/docs/start.js"></script>
</body>
</html>
`;

const start = (prefix: string): string =>
  `SwaggerUIBundle({ url: '${prefix}/openapi.json', dom_id: '#ui', deepLinking: true, validatorUrl: null });\n`;

export function docs(deps: ApiDeps): Router {
  const router = Router({ caseSensitive: true, strict: false });
  const prefix = prefixOf(deps.config.http.publicUrl);
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const files = express.static(folder, { index: false, dotfiles: 'ignore', redirect: false, maxAge: '1h' });
  const documents = new Map<string, object>();
  for (const [path, version] of [
    ['/openapi.json', '3.0'],
    ['/openapi-3.1.json', '3.1'],
  ] as const) {
    router.get(path, (req, res) => {
      const server = baseUrl(req, deps.config.http.publicUrl);
      const made = documents.get(version) ?? openApiDocument(version, deps.version, server);
      documents.set(version, made);
      const type = `application/vnd.oai.openapi+json;version=${version}`;
      sendJson(res, 200, { ...made, servers: [{ url: server }] }, type);
    });
    router.all(path, methodNotAllowed('GET', 'HEAD'));
  }
  router.get('/docs', (_req, res) => {
    res.setHeader('Content-Security-Policy', PAGE_POLICY);
    res.type('html').send(page(prefix));
  });
  router.all('/docs', methodNotAllowed('GET', 'HEAD'));
  router.get('/docs/start.js', (_req, res) => {
    res.type('js').send(start(prefix));
  });
  router.use('/docs', (req, res, next) => {
    if (FILES.has(req.path.slice(1))) files(req, res, next);
    else next();
  });
  router.use('/docs', notFoundHandler());
  router.use(errorHandler('ogc', deps.logger));
  return router;
}
