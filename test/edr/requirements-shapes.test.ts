/** The requirements of EDR 1.1 on geometries and what belongs to them: within, width and height of corridors, resolution. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { demoService } from '../demo-service.js';
import { edr } from './client.js';
import { hours, LINE, ONE, QUERIES, RING, runQueries, seen, TIME } from './run-queries.js';

const service = demoService();
const { refused, coverages } = runQueries(service);

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
