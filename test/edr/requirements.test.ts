/**
 * The requirements of EDR 1.1 on query parameters, one by one: how each is defined, what it does to every kind of query, and
 * how it is refused. Names of tests are those of the requirements. Documents and encodings are in conformance.test.ts.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoService } from '../demo-service.js';
import { edr } from './client.js';
import { hours, KINDS, ONE, POINT, QUERIES, runQueries, seen, TIME } from './run-queries.js';

const service = demoService();

const { ask, refused, coverages } = runQueries(service);

describe('/req/core/datetime', () => {
  const FORMS: readonly (readonly [text: string, ...hours: number[]])[] = [
    ['2025-01-15T06:00:00Z', 6],
    ['2025-01-15T06:00Z', 6],
    ['2025-01-15T05:00:00Z/2025-01-15T07:00:00Z', 5, 6, 7],
    ['2025-01-15T05:00/2025-01-15T07:00Z', 5, 6, 7],
    ['../2025-01-15T01:00:00Z', 0, 1],
    ['2025-01-15T23:00:00Z/2025-01-15T23:59:59Z', 23],
    ['2025-01-15T02:00:00Z,2025-01-15T04:00:00Z', 2, 4],
    ['R3/2025-01-15T02:00:00Z/PT2H', 2, 4, 6],
  ];
  for (const kind of KINDS) {
    it(`chooses times of ${kind}, both ends included`, async () => {
      for (const [text, ...expected] of FORMS) {
        const found = await coverages(`${QUERIES[kind]}&parameter-name=t&z=500&datetime=${text}`);
        assert.deepEqual(seen(found, 't'), hours(...expected), text);
      }
    });
  }

  it('refuses what is no time; nothing chosen is 204', async () => {
    for (const kind of KINDS) {
      for (const text of ['yesterday', '2025-13-01', '2025-01-16T00:00:00Z/2025-01-15T00:00:00Z', ''])
        await refused(`${QUERIES[kind]}&datetime=${text}`, 'datetime');
      const none = await ask(`${QUERIES[kind]}&parameter-name=t&datetime=2031-01-01T00:00:00Z`);
      assert.deepEqual([none.status, none.body.length], [204, 0], kind);
    }
  });
});

describe('/req/edr/z-response, /req/edr/cube-z-response', () => {
  const FORMS: readonly (readonly [text: string, ...levels: number[]])[] = [
    ['500', 500],
    ['850,500', 500, 850],
    ['250/700', 250, 500, 700],
    ['700/250', 250, 500, 700],
    ['850/..', 1000, 850, 925],
    ['../500', 250, 500],
    ['R3/500/200', 500, 700],
  ];
  for (const kind of KINDS.filter((one) => one !== 'corridor')) {
    it(`chooses levels of ${kind}`, async () => {
      for (const [text, ...levels] of FORMS) {
        const found = await coverages(`${QUERIES[kind]}&parameter-name=t&${TIME}&z=${text}`);
        assert.deepEqual(seen(found, 'z'), levels.map(String).sort(), text);
      }
      const all = await coverages(`${QUERIES[kind]}&parameter-name=t&${TIME}`);
      assert.deepEqual(seen(all, 'z'), ['1000', '250', '500', '700', '850', '925']);
    });
  }

  it('refuses what is no level, and does not mind levels on the surface', async () => {
    for (const kind of KINDS) await refused(`${QUERIES[kind]}&z=high`, 'z');
    const reply = await edr(
      service.url,
      `/collections/demo-sfc/position?coords=${POINT}&parameter-name=2t&${TIME}&z=850`,
    );
    assert.equal(reply.status, 200);
  });
});

describe('/req/edr/parameters-response', () => {
  it('delivers the parameters asked for, all without the key, and refuses unknown ones', async () => {
    for (const kind of KINDS) {
      const some = await coverages(`${QUERIES[kind]}&${TIME}&z=500&parameter-name=t,gh`);
      assert.deepEqual(Object.keys(some[0]!.ranges), ['t', 'gh'], kind);
      const all = await coverages(`${QUERIES[kind]}&${TIME}&z=500`);
      assert.deepEqual(Object.keys(all[0]!.ranges).sort(), ['gh', 'q', 't', 'u', 'v'], kind);
      const alias = await coverages(`${QUERIES[kind]}&${TIME}&z=500&parameter_names=q`);
      assert.deepEqual(Object.keys(alias[0]!.ranges), ['q'], kind);
      await refused(`${QUERIES[kind]}&parameter-name=frogs`, 'frogs');
      await refused(`${QUERIES[kind]}&parameter-name=t,`, 'parameter-name');
    }
  });
});

describe('/req/edr/crs-response', () => {
  it('takes the systems that are listed and refuses others', async () => {
    for (const kind of KINDS) {
      for (const crs of ['CRS84', 'OGC:CRS84', 'EPSG:4326', 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'])
        await coverages(`${QUERIES[kind]}&${ONE}&crs=${crs}`);
      for (const crs of ['EPSG:2154', 'nowhere', '']) await refused(`${QUERIES[kind]}&crs=${crs}`, 'crs');
    }
    await refused('locations?crs=EPSG:2154', 'crs');
  });
});

describe('/req/edr/f-response', () => {
  const MEDIA = {
    CoverageJSON: 'application/vnd.cov+json',
    covjson: 'application/vnd.cov+json',
    json: 'application/vnd.cov+json',
    'application/prs.coverage%2Bjson': 'application/prs.coverage+json',
    GeoJSON: 'application/geo+json',
    CSV: 'text/csv; charset=utf-8; header=present',
    NetCDF: 'application/netcdf',
    html: 'text/html; charset=utf-8',
  };
  it('gives each format under its name, and refuses others', async () => {
    for (const kind of KINDS) {
      for (const [name, media] of Object.entries(MEDIA)) {
        const reply = await ask(`${QUERIES[kind]}&${ONE}&f=${name}`);
        assert.deepEqual([reply.status, reply.headers['content-type']], [200, media], `${kind} ${name}`);
      }
      await refused(`${QUERIES[kind]}&f=docx`, 'docx');
    }
  });

  it('follows Accept where f says nothing', async () => {
    const query = `${QUERIES.position}&${ONE}`;
    for (const [accept, media] of [
      ['*/*', 'application/vnd.cov+json'],
      ['application/json', 'application/vnd.cov+json'],
      ['application/vnd.cov+json', 'application/vnd.cov+json'],
      ['application/prs.coverage+json', 'application/prs.coverage+json'],
      ['application/geo+json', 'application/geo+json'],
      ['text/csv', 'text/csv; charset=utf-8; header=present'],
      ['text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 'application/vnd.cov+json'],
      ['text/html', 'text/html; charset=utf-8'],
      ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'],
    ] as const) {
      assert.equal((await ask(query, { Accept: accept })).headers['content-type'], media, accept);
      const forced = await ask(`${query}&f=GeoJSON`, { Accept: accept });
      assert.equal(forced.headers['content-type'], 'application/geo+json', accept);
    }
  });
});

describe('/req/html/definition, /req/html/content', () => {
  it('values have a page with a row each, and links to the other formats that work', async () => {
    for (const kind of KINDS) {
      const page = await ask(`${QUERIES[kind]}&parameter-name=t&z=500&${TIME}&f=html`);
      assert.match(page.text, /<title>[^<]+<\/title>/);
      const csv = await ask(`${QUERIES[kind]}&parameter-name=t&z=500&${TIME}&f=csv`);
      const rows = csv.text.trim().split('\n').slice(1);
      assert.equal(page.text.split('<tr><td>').length - 1, rows.length, kind);
      for (const row of rows) assert.ok(page.text.includes(`<td>${row.split(',').at(-1)}</td>`), `${kind}: ${row}`);
      const hrefs = [...page.text.matchAll(/href="(http[^"]+)"/g)].map(([, href]) =>
        href!.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))),
      );
      assert.equal(hrefs.length, 7, kind);
      for (const href of hrefs) assert.equal((await fetch(href)).status, 200, href);
    }
  });
});

describe('/req/edr/custom-dimension-response', () => {
  it('members are chosen as levels are', async () => {
    for (const kind of KINDS) {
      for (const [text, ...expected] of [
        ['3', 3],
        ['1,4', 1, 4],
        ['1/3', 1, 2, 3],
        ['R2/0/2', 0, 2],
      ] as const) {
        const found = await coverages(`${QUERIES[kind]}&${ONE}&number=${text}`);
        const numbers = new Set(found.map((one) => one['mars:metadata']['number']));
        assert.deepEqual([...numbers], expected, `${kind} ${text}`);
      }
      await refused(`${QUERIES[kind]}&number=some`, 'number');
    }
  });
});

describe('/req/edr/rc-limit-response, /req/core/rc-bbox-response', () => {
  const list = async (query: string): Promise<{ ids: unknown[]; next: string | undefined; matched: unknown }> => {
    const reply = await edr(service.url, query);
    assert.equal(reply.status, 200, reply.text);
    const { features, links, numberMatched } = reply.json as {
      features: { id: string }[];
      links: { rel: string; href: string }[];
      numberMatched: number;
    };
    const next = links.find(({ rel }) => rel === 'next')?.href.slice(`${service.url}/edr`.length);
    return { ids: features.map(({ id }) => id), next, matched: numberMatched };
  };

  it('lists of places come in parts that follow each other', async () => {
    const all = await list('/collections/demo-sfc/locations');
    assert.deepEqual([all.ids.length, all.next], [5, undefined]);
    const ids: unknown[] = [];
    for (let at: string | undefined = '/collections/demo-sfc/locations?limit=2'; at !== undefined; ) {
      const part = await list(at);
      assert.ok(part.ids.length <= 2 && part.matched === 5);
      ids.push(...part.ids);
      at = part.next;
    }
    assert.deepEqual(ids, all.ids);
    assert.equal((await list('/collections/demo-sfc/locations?limit=100000')).ids.length, 5);
    for (const wrong of ['limit=0', 'limit=-1', 'limit=few', 'offset=-1', 'bbox=1,2', 'datetime=never'])
      await refused(`locations?${wrong}`, wrong.split('=')[0]!);
  });

  it('box and times choose places, collections and runs', async () => {
    assert.deepEqual((await list('/collections/demo-sfc/locations?bbox=-71,44,-69,46')).ids, ['centre']);
    assert.deepEqual((await list('/collections/demo-sfc/locations?bbox=0,0,1,1')).ids, []);
    assert.deepEqual((await list('/collections/demo-sfc/locations?datetime=2031-01-01T00:00:00Z/..')).ids, []);
    const runs = async (query: string): Promise<unknown[]> => {
      const reply = await edr(service.url, `/collections/demo-sfc/instances?${query}`);
      assert.equal(reply.status, 200);
      return (reply.json['instances'] as { id: string }[]).map(({ id }) => id);
    };
    assert.deepEqual(await runs('datetime=2025-01-17T06:00:00Z/..'), ['20250116T120000Z']);
    assert.deepEqual(await runs('datetime=../2025-01-15T06:00:00Z'), ['20250115T000000Z']);
    assert.deepEqual(await runs('bbox=0,0,1,1'), []);
    assert.equal((await runs('bbox=-75,45,-74,46')).length, 4);
  });
});
