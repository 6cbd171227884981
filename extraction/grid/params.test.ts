import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FeatureError } from '../../schemas/problem.js';
import { fc } from '../../test/fast-check.js';
import { tensorAxes } from './axes.js';
import { crsOf } from './crs.js';
import { encodeE, encodeL, encodePoint, encodeStereo } from './encode-params.js';
import { decodeE, decodeL, decodePoint, decodeStereo, isUpright, rotationThrough } from './params.js';
import { NORTH, plain, ROTATED } from './sample-grids.js';
import { turnBetween } from './sphere.js';

describe('packed parameters', () => {
  it('of a rotation decode to their two points', () => {
    const { lat1, lon1, lat2, lon2 } = decodeE([1217, 0, 57986, 57216]);
    assert.deepEqual([lat1, lon1, lat2, lon2], [31.75, 272.4, 0, 357.6]);
    assert.deepEqual(encodeE(31.75, 272.4, 0, 357.6), [1217, 0, 57986, 57216]);
    assert.throws(
      () => rotationThrough(10, 20, -10, 200),
      (error) => error instanceof FeatureError && error.code === 'grid_error',
    );
  });

  it('of a rotation come back within an eightieth of a degree', () => {
    const lat = fc.double({ min: -90, max: 90, noNaN: true });
    const lon = fc.double({ min: 0, max: 359.98, noNaN: true });
    fc.assert(
      fc.property(lat, lon, lat, lon, (lat1, lon1, lat2, lon2) => {
        const ig = encodeE(lat1, lon1, lat2, lon2);
        assert.ok(ig.every((value) => value >= 0 && value < 65536));
        let back: ReturnType<typeof decodeE>;
        try {
          back = decodeE(ig);
        } catch {
          return; // nearly equal or opposite points
        }
        const slack = 0.0125 + 1e-4;
        assert.ok(Math.abs(back.lat1 - lat1) < slack && Math.abs(back.lat2 - lat2) < slack);
        assert.ok(turnBetween(back.lon1, lon1) < slack && turnBetween(back.lon2, lon2) < slack);
      }),
    );
  });

  it('of windows and points come back', () => {
    assert.deepEqual(encodeL(decodeL([50, 75, 13000, 26000])), [50, 75, 13000, 26000]);
    assert.equal(encodeL({ lat0: 10, lon0: -80, dlat: 1, dlon: 1 })[3], 28000);
    const { lat, lon } = decodePoint(encodePoint(45.50889, -73.56167));
    assert.ok(Math.abs(lat - 45.50889) < 1e-5 && Math.abs(lon - (360 - 73.56167)) < 1e-5);
    assert.equal(encodePoint(90, 0)[2], 19000);
  });

  it('of polar planes come back, in the old coding and the new', () => {
    const old = [600, 500, 2100, 1000] as const;
    assert.deepEqual(encodeStereo(decodeStereo('N', old)), old);
    for (const south of [false, true]) {
      const far = { south, poleI: -1200.5, poleJ: 900.25, d60: 2500, dgrw: south ? 100 : -111 };
      const ig = encodeStereo(far);
      assert.ok(ig[3] >= 32768);
      const back = decodeStereo(south ? 'S' : 'N', ig);
      // point (1,1) is stored to a hundredth of a degree, about half a cell here
      assert.ok(Math.hypot(back.poleI - far.poleI, back.poleJ - far.poleJ) < 1);
      assert.ok(turnBetween(back.dgrw, far.dgrw) < 1e-9 && back.d60 === far.d60);
    }
  });
});

describe('projection strings', () => {
  it('name the frame of the axes', () => {
    assert.match(crsOf(tensorAxes(plain('G', 4, 2))), /^\+proj=longlat \+R=6371000/);
    assert.equal(
      crsOf(tensorAxes(NORTH)),
      '+proj=stere +lat_0=90 +lon_0=-111 +k_0=0.9330125 +R=6371000 +units=m +no_defs',
    );
    assert.match(crsOf(tensorAxes(ROTATED)), /^\+proj=ob_tran \+o_proj=longlat \+o_lat_p=-?[0-9.]+ \+o_lon_p=/);
    assert.ok(isUpright(decodeE([900, 0, 43200, 43200])) && !isUpright(decodeE([1217, 0, 57986, 57216])));
  });
});
