/** Every route that the service registers is in both OpenAPI documents, and every documented one is answered. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import express from 'express';
import { startTestService, type TestService } from '../service.js';

/** What a router of express has: its own routes and what is mounted in it. */
interface Seen {
  readonly routes: {
    readonly path: unknown;
    readonly route: { readonly methods: Readonly<Record<string, boolean>> };
  }[];
  readonly mounts: { readonly path: string; readonly child: object }[];
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** Notes what is registered while the service is built; undone by the result. */
function watchRouters(seen: Map<object, Seen>): () => void {
  const prototype = express.Router.prototype as Record<'use' | 'route', Method>;
  const { use, route } = prototype;
  const of = (router: object): Seen => {
    const entry = seen.get(router) ?? { routes: [], mounts: [] };
    seen.set(router, entry);
    return entry;
  };
  prototype.use = function (...args) {
    const flat = args.flat(4);
    const path = typeof flat[0] === 'string' ? flat[0] : '';
    for (const child of flat) if (typeof child === 'function') of(this).mounts.push({ path, child });
    return use.apply(this, args);
  };
  prototype.route = function (path) {
    const made = route.call(this, path) as Seen['routes'][number]['route'];
    of(this).routes.push({ path, route: made });
    return made;
  };
  return () => Object.assign(prototype, { use, route });
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** `method /path/{name}` of every route below a router. */
function* operationsOf(seen: ReadonlyMap<object, Seen>, router: object, prefix: string): Generator<string> {
  for (const { path, route } of seen.get(router)?.routes ?? []) {
    const text = path instanceof RegExp ? path.source.replace(/[\\^$]/g, '').replace(/\[.*$/, '{file}') : String(path);
    const whole = `${prefix}${text}`.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1');
    for (const method of METHODS) if (route.methods[method] === true) yield `${method} ${whole}`;
  }
  for (const { path, child } of seen.get(router)?.mounts ?? []) {
    yield* operationsOf(seen, child, path === '/' ? prefix : prefix + path);
  }
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security?: readonly object[] }>>>>;
}

/** Routes that exist to refuse: POST to a collection that is called "requests". */
const REFUSING = new Set(['post /api/v2/requests']);

describe('OpenAPI', () => {
  let service: TestService;
  const registered = new Set<string>();
  before(async () => {
    const seen = new Map<object, Seen>();
    const undo = watchRouters(seen);
    service = await startTestService([]).finally(undo);
    const mounted = new Set([...seen.values()].flatMap(({ mounts }) => mounts.map(({ child }) => child)));
    for (const router of seen.keys()) {
      if (!mounted.has(router)) for (const operation of operationsOf(seen, router, '')) registered.add(operation);
    }
  });
  after(() => service[Symbol.asyncDispose]());

  const load = async (path: string): Promise<Document> => (await (await fetch(service.url + path)).json()) as Document;

  it('describes every registered route in both versions', async () => {
    assert.ok(registered.size > 50, `${registered.size} routes were seen`);
    for (const path of ['/openapi.json', '/openapi-3.1.json']) {
      const { paths } = await load(path);
      const missing = [...registered].filter((operation) => {
        const [method = '', route = ''] = operation.split(' ');
        return !REFUSING.has(operation) && paths[route]?.[method] === undefined;
      });
      assert.deepEqual(missing, [], path);
    }
  });

  it('describes no route that is not there', async () => {
    const { paths } = await load('/openapi.json');
    for (const path of Object.keys(paths)) {
      const answer = await fetch(service.url + path.replace(/\{\w+\}/g, 'x'));
      assert.ok(answer.status < 500 || answer.status === 503, `${path}: ${answer.status}`);
      const body = await answer.text();
      // What no router knows is answered with the words of the last handler.
      assert.ok(!/There is nothing at this address/.test(body), `${path}: ${body.slice(0, 200)}`);
    }
  });
});
