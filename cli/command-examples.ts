/** Examples of every command, shown in docs/cli.md and in the manual page. They run as they stand, in this order, in one folder. */

/** Commands by their words; those of `ip`, `date` and `om` stand under the group. */
export const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  demo: ['polyfst demo run'],
  ls: [
    'polyfst ls run/2025011500_006',
    'polyfst ls run/2025011500_006 --where nomvar=TT --where level=500 --json',
    'polyfst ls run/2025011500_006 --parquet records.parquet --arrow records.arrow',
  ],
  info: ['polyfst info run/2025011500_006', 'polyfst info run/2025011500_006 --json'],
  plot: [
    'polyfst plot run/2025011500_006 --where nomvar=TT --where level=500 --out map.png',
    'polyfst plot run/2025011500_006 --where nomvar=PN --at 45.5,-73.6',
  ],
  read: ['polyfst read run/2025011500_006 --row 0,1 --out values.bin --json'],
  coords: ['polyfst coords run/2025011500_006 --row 0 --out places.bin'],
  locate: ['polyfst locate run/2025011500_006 --row 0 --at 45.5,-73.6 --at=44,-79 --json'],
  copy: [
    'polyfst copy run/2025011500_006 temperature.rsf --where nomvar=TT --datyp 134 --nbits 16',
    'polyfst copy run/2025011500_006 again.rsf',
  ],
  diff: [
    'polyfst diff run/2025011500_006 again.rsf',
    'polyfst diff run/2025011500_006 again.rsf --abs 0.01 --rel 1e-5 --json',
  ],
  convert: [
    'polyfst convert run/2025011500_006 hour6.nc --set units=si',
    'polyfst convert run/2025011500_006 learning --format tensors --where nomvar=TT',
    'polyfst convert run/2025011500_006 pressure.om --where nomvar=PN --set accuracy=0.1',
  ],
  index: ['polyfst index --data run --state state --json'],
  query: [
    'polyfst query request.json --data run --state state --plan',
    'polyfst query request.json --data run --state state',
  ],
  extract: ['polyfst extract request.json series.csv --data run --state state'],
  batch: ['polyfst batch requests.jsonl --out answers --data run --state state --format parquet'],
  'auto-convert': ['polyfst auto-convert --config rules.json --once --json'],
  watch: ['polyfst watch --data run --state state &', 'kill %%; wait'],
  serve: ['polyfst serve --data run --state state --port 0 &', 'kill %%; wait'],
  work: ['polyfst work --queue redis://127.0.0.1:6379 --data run --state shared'],
  doctor: ['polyfst doctor --data run --state state'],
  bench: ['polyfst bench --only W6 --json'],
  completion: ['polyfst completion bash > polyfst.bash', 'polyfst completion man > polyfst.1'],
  ip: ['polyfst ip decode 39945888 --json', 'polyfst ip encode 500 2', 'polyfst ip encode 850 2 --old --json'],
  date: [
    'polyfst date encode 2025-01-15T06:00:00Z --json',
    'polyfst date decode 478524400 -1269765550 --json',
    'polyfst date add 478524400 -6 --json',
  ],
  om: ['polyfst om ls pressure.om', 'polyfst om read pressure.om PN --range 0:4,0:4,: --out corner.bin --json'],
};

/** Examples that need a service beside them or measure for a while: they are shown, and not run with the others. */
export const NOT_RUN: ReadonlySet<string> = new Set(['watch', 'serve', 'work', 'bench']);

/** Files that the examples name. */
export const EXAMPLE_FILES: Readonly<Record<string, string>> = {
  'request.json': JSON.stringify({
    ...{ class: 'rd', stream: 'oper', type: 'fc', expver: '0001', domain: 'g', date: '20250115', time: '0000' },
    ...{ levtype: 'sfc', param: '2t', step: '0/to/6', feature: { type: 'timeseries', points: [[45.5, -73.6]] } },
  }),
  'requests.jsonl': [45, 46]
    .map((lat) =>
      JSON.stringify({
        id: `lat${lat}`,
        request: {
          ...{ class: 'rd', stream: 'oper', type: 'fc', expver: '0001', domain: 'g', date: '20250115', time: '0000' },
          ...{ levtype: 'sfc', param: '2t', step: '0/to/6', feature: { type: 'timeseries', points: [[lat, -73]] } },
        },
      }),
    )
    .join('\n'),
  'rules.json': JSON.stringify({
    state: 'state',
    autoConvert: [
      { from: 'run', to: 'converted', format: 'zarr', where: ['nomvar=PN'], run: '^(2025011500)_00\\d$', settleMs: 0 },
    ],
  }),
};
