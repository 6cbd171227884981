/**
 * The requirements of EDR 1.1 on query parameters, one by one: how each is defined, what it does to every kind of query, and
 * how it is refused. Names of tests are those of the requirements. Documents and encodings are in conformance.test.ts.
 */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ensureDemo } from '../../cli/demo.js';
import type { Reply } from '../contract/http.js';
import { startTestService, type TestService } from '../service.js';
import { coveragesOf, type EdrCoverage, edr } from './client.js';

const folder = join(tmpdir(), `polyfst-edr-requirements-${process.pid}`);
let service: TestService;
before(async () => {
  await ensureDemo(folder);
  service = await startTestService([folder]);
});
after(async () => {
  await service[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const RUN = '/collections/demo-pl/instances/20250115T000000Z';
const POINT = 'POINT(-73.5 45.5)';
const RING = '((-75 45,-74 45,-74 46,-75 46,-75 45))';
const LINE = 'LINESTRING(-75 45,-74 46)';
/** A query of each kind with all that it must have. */
const QUERIES = {
  position: `position?coords=${POINT}`,
  radius: `radius?coords=${POINT}&within=60&within-units=km`,
  area: `area?coords=POLYGON${RING}`,
  cube: 'cube?bbox=-75,45,-74,46',
  trajectory: `trajectory?coords=${LINE}`,
  corridor: `corridor?coords=${LINE}&corridor-width=100&width-units=km&corridor-height=100&height-units=hPa`,
  locations: 'locations/centre?',
} as const;
const KINDS = Object.keys(QUERIES) as (keyof typeof QUERIES)[];
const TIME = 'datetime=2025-01-15T06:00:00Z';
const ONE = `parameter-name=t&${TIME}&z=500`;

const ask = (query: string, headers: Record<string, string> = {}): Promise<Reply> =>
  edr(service.url, `${RUN}/${query}`, headers);

async function refused(query: string, word: string): Promise<void> {
  const reply = await ask(query);
  assert.equal(reply.status, 400, `${query}: ${reply.status} ${reply.text.slice(0, 200)}`);
  assert.equal(reply.headers['content-type'], 'application/problem+json', query);
  assert.equal(typeof reply.json['code'], 'string', query);
  assert.ok(String(reply.json['description']).includes(word), `${query}: ${String(reply.json['description'])}`);
}

async function coverages(query: string): Promise<readonly EdrCoverage[]> {
  const reply = await ask(query);
  assert.equal(reply.status, 200, `${query}: ${reply.status} ${reply.text.slice(0, 200)}`);
  return coveragesOf(reply);
}

/** Different times or levels of some coverages, on an axis of their own or in their tuples; sorted as text. */
function seen(all: readonly EdrCoverage[], axis: 't' | 'z'): readonly string[] {
  const found = new Set<string>();
  for (const { domain } of all) {
    const { composite } = domain.axes;
    const place = composite?.coordinates?.indexOf(axis) ?? -1;
    for (const value of domain.axes[axis]?.values ?? []) found.add(String(value));
    if (place >= 0) for (const tuple of composite!.values as unknown[][]) found.add(String(tuple[place]));
  }
  return [...found].sort();
}

const hours = (...all: number[]): string[] => all.map((hour) => `2025-01-15T${String(hour).padStart(2, '0')}:00:00Z`);

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

describe('/req/edr/coords-response', () => {
  it('a missing, empty or wrong geometry is refused by every query that takes one', async () => {
    for (const kind of ['position', 'radius', 'area', 'trajectory', 'corridor'] as const) {
      const rest = QUERIES[kind].replace(/coords=[^&]*&?/, '');
      await refused(rest, 'coords');
      for (const text of ['', 'POINT()', 'POLYGON(())', 'LINESTRING(1)', 'CIRCLE(0 0)', '45.5,-73.5', 'POINT(-73 45'])
        await refused(`${rest}&coords=${text}`, 'coords');
    }
    await refused('cube?', 'bbox');
    for (const box of ['', '1,2,3', '-75,46,-74,45', 'a,b,c,d', '-75,45,-74,99'])
      await refused(`cube?bbox=${box}`, 'bbox');
  });

  it('letters, blanks and plus signs may be set in any way', async () => {
    for (const text of ['point(-73.5 45.5)', 'POINT (-73.5 45.5)', 'POINT(-73.5+45.5)', 'POINT( -73.5   45.5 )'])
      await coverages(`position?coords=${text}&${ONE}`);
    const many = await coverages(`position?coords=MULTIPOINT((-73.5 45.5),(-70 44))&${ONE}`);
    assert.equal(many.length, 2);
    const two = `MULTIPOLYGON(${RING},((-71 45,-70 45,-70 46,-71 46,-71 45)))`;
    const [area] = await coverages(`area?coords=${two}&${ONE}`);
    assert.equal(area!.domain.axes['composite']!.values.length, 18);
    const lines = await coverages(`trajectory?coords=MULTILINESTRING((-75 45,-74 46),(-71 45,-70 46))&${ONE}`);
    assert.equal(lines.length, 2);
  });

  it('levels and times of a line exclude z and datetime', async () => {
    const at = (hour: number): number => Date.UTC(2025, 0, 15, hour) / 1000;
    const m = `LINESTRINGM(-75 45 ${at(6)},-74 46 ${at(7)})`;
    const z = 'LINESTRINGZ(-75 45 850,-74 46 500)';
    const zm = `LINESTRINGZM(-75 45 850 ${at(6)},-74 46 500 ${at(7)})`;
    const tube = '&corridor-width=50&width-units=km&corridor-height=10&height-units=hPa';
    for (const [kind, more] of [
      ['trajectory', ''],
      ['corridor', tube],
    ] as const) {
      const ask4 = `${kind}?parameter-name=t${more}`;
      assert.deepEqual(seen(await coverages(`${ask4}&z=500&coords=${m}`), 't').slice(0, 2), hours(6, 7), kind);
      // a corridor holds the levels between those of its vertices too
      const levels = kind === 'corridor' ? ['500', '700', '850'] : ['500', '850'];
      assert.deepEqual(seen(await coverages(`${ask4}&${TIME}&coords=${z}`), 'z'), levels, kind);
      await coverages(`${ask4}&coords=${zm}`);
      await refused(`${ask4}&coords=${m}&${TIME}`, 'datetime');
      await refused(`${ask4}&coords=${z}&z=500`, 'z');
      await refused(`${ask4}&coords=${zm}&z=500`, 'z');
      await refused(`${ask4}&coords=${zm}&${TIME}`, 'datetime');
    }
  });
});

describe('/req/edr/within-response, /req/edr/within-units-response', () => {
  it('units of the document scale the distance; both keys are needed', async () => {
    const count = async (within: string): Promise<number> => {
      const [one] = await coverages(`radius?coords=POINT(-75 45)&${ONE}&${within}`);
      return one!.domain.axes['composite']!.values.length;
    };
    const km = await count('within=60&within-units=km');
    assert.ok(km > 1);
    for (const same of [
      'within=60000&within-units=m',
      'within=37.2822715&within-units=mi',
      'within=32.3974082&within-units=nmi',
    ])
      assert.equal(await count(same), km, same);
    assert.ok((await count('within=120&within-units=km')) > km);
    for (const [wrong, word] of [
      ['within=60', 'within-units'],
      ['within-units=km', 'within'],
      ['within=-1&within-units=km', 'within'],
      ['within=far&within-units=km', 'within'],
      ['within=1&within-units=parsec', 'parsec'],
    ] as const)
      await refused(`radius?coords=POINT(-75 45)&${wrong}`, word);
  });
});

describe('/req/edr/corridor-width-response, /req/edr/corridor-height-response and their units', () => {
  const base = `corridor?coords=LINESTRING(-76 45,-74 45)&parameter-name=t&${TIME}`;
  const points = async (keys: string): Promise<number> => {
    const found = await coverages(`${base}&${keys}`);
    return found.reduce((sum, one) => sum + one.domain.axes['composite']!.values.length, 0);
  };

  it('width is that of the whole corridor, in each unit', async () => {
    const height = '&corridor-height=10&height-units=hPa&z=500';
    const narrow = await points(`corridor-width=20&width-units=km${height}`);
    const wide = await points(`corridor-width=120&width-units=km${height}`);
    assert.ok(wide > narrow && narrow >= 5, `${narrow} ${wide}`);
    assert.equal(await points(`corridor-width=120000&width-units=m${height}`), wide);
  });

  it('height is that of the whole corridor', async () => {
    const width = 'corridor-width=20&width-units=km';
    const levels = async (height: number): Promise<readonly string[]> =>
      seen(await coverages(`${base}&${width}&z=850&height-units=hPa&corridor-height=${height}`), 'z');
    assert.deepEqual(await levels(100), ['850']);
    assert.deepEqual(await levels(150), ['850', '925']);
    assert.deepEqual(await levels(300), ['1000', '700', '850', '925']);
  });

  it('each of the four is needed and checked', async () => {
    const all = ['corridor-width=20', 'width-units=km', 'corridor-height=10', 'height-units=hPa'];
    for (const [n, key] of all.entries()) {
      const name = key.split('=')[0]!;
      await refused(`${base}&${all.filter((_, other) => other !== n).join('&')}`, name);
      await refused(`${base}&${all.map((one, other) => (other === n ? `${name}=wrong` : one)).join('&')}`, name);
    }
    const flat = `/collections/demo-sfc/corridor?coords=${LINE}&parameter-name=2t&${TIME}&corridor-width=9&width-units=km`;
    assert.equal((await edr(service.url, flat)).status, 200);
  });
});

describe('/req/edr/resolution-x-response, -y, -z', () => {
  const axes = async (keys: string): Promise<readonly number[]> => {
    const [grid] = await coverages(`cube?bbox=-75,45,-73,46&parameter-name=t&${TIME}&${keys}`);
    return ['x', 'y', 'z'].map((name) => grid!.domain.axes[name]!.values.length);
  };
  it('across a corridor, positions from edge to edge', async () => {
    const query = `corridor?coords=LINESTRING(-76 45,-74 45)&parameter-name=t&${TIME}&corridor-width=223&width-units=km&corridor-height=10&height-units=hPa`;
    const found = await coverages(`${query}&z=500&resolution-x=3`);
    assert.equal(found.length, 3);
    // one degree to each side, five points of the grid along
    const rows = found.map(
      ({ domain }) => new Set((domain.axes['composite']!.values as number[][]).map((at) => at[2])),
    );
    assert.deepEqual(rows.flatMap((row) => [...row]).sort(), [44, 45, 46]);
    for (const { domain } of found) assert.equal(domain.axes['composite']!.values.length, 5);
    assert.deepEqual(seen(await coverages(`${query}&resolution-x=1&resolution-z=2`), 'z'), ['1000', '250']);
    await refused(`${query}&z=500&resolution-x=wide`, 'resolution-x');
  });

  it('are numbers of columns, rows and levels; 0 leaves them as they are', async () => {
    assert.deepEqual(await axes(''), [5, 3, 6]);
    assert.deepEqual(await axes('resolution-x=0&resolution-y=0&resolution-z=0'), [5, 3, 6]);
    assert.deepEqual(await axes('resolution-x=9'), [9, 3, 6]);
    assert.deepEqual(await axes('resolution-y=5'), [5, 5, 6]);
    assert.deepEqual(await axes('resolution-x=2&resolution-y=2&resolution-z=2'), [2, 2, 2]);
    assert.deepEqual(await axes('resolution-z=3&z=1000/500'), [5, 3, 3]);
    for (const axis of ['x', 'y', 'z'])
      for (const wrong of ['-1', 'many', '1.5'])
        await refused(`cube?bbox=-75,45,-73,46&resolution-${axis}=${wrong}`, `resolution-${axis}`);
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
