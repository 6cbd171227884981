import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cubeOf } from '../../test/cubes.js';
import { encodeIp } from '../fst/ip.js';
import { summarize } from './cube-summary.js';

describe('summarize', () => {
  it('lists variables with the values of their axes', () => {
    const cube = cubeOf([
      ...[500, 850].flatMap((level) => [0, 6].map((hour) => ({ nomvar: 'TT', ip1: level, deet: 3600, npas: hour }))),
      { nomvar: 'TT', ip1: encodeIp(1.5, 4), deet: 3600, npas: 6 },
      { nomvar: '>>', dateo: 0 },
    ]);
    const summary = summarize(cube);
    assert.equal(summary, summarize(cube));
    assert.deepEqual(
      summary.runs.map(({ id, records }) => [id, records]),
      [['20261121T000000Z', 6]],
    );
    const [near, levels] = summary.runs[0]!.variables;
    assert.deepEqual([near?.levtype, near?.shortName, near?.levels, near?.steps], ['sfc', '2t', [], [21_600]]);
    assert.deepEqual([levels?.levtype, levels?.shortName, levels?.unit], ['pl', 't', 'degC']);
    assert.deepEqual([levels?.levels, levels?.steps, levels?.numbers], [[850, 500], [0, 21_600], []]);
    assert.equal(levels?.deterministic, true);
  });
});
