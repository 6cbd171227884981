/** Names, flags and texts of every command; the work is in one file a command, loaded when asked for. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { report } from './output.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const collect = (value: string, all: string[]): string[] => [...all, value];
const collectSome = (value: string, all: string[] | undefined): string[] => [...(all ?? []), value];

/** Runs a command's function and leaves its exit code; stdout may still be draining. */
function run<A extends unknown[]>(load: () => Promise<(...args: A) => Promise<number>>) {
  return async (...args: A): Promise<void> => {
    try {
      process.exitCode = await (await load())(...args);
    } catch (error) {
      process.exitCode = report(error);
    }
  };
}

/** The whole command line. */
export const program: Command = new Command('polyfst')
  .description('Read, index, query and serve RPN standard files (FST)')
  .version(version)
  .showHelpAfterError('(polyfst COMMAND --help shows what a command takes)')
  .exitOverride();

program
  .command('ls')
  .description('list the records of files')
  .argument('<file...>', 'FST files (XDF or RSF)')
  .option('--json', 'one JSON object a line')
  .option('--where <key=glob>', 'only records whose key matches; keys are ANDed, one key repeated is ORed', collect, [])
  .option('--arrow <out>', 'write the table as an Arrow IPC file instead')
  .option('--parquet <out>', 'write the table as a Parquet file instead')
  .action(run(async () => (await import('./ls.js')).ls));

program
  .command('info')
  .description('what files hold: variables, levels, times, grids')
  .argument('<file...>', 'FST files')
  .option('--json', 'one JSON object a file')
  .action(run(async () => (await import('./info.js')).info));

program
  .command('diff')
  .description('records and values that differ between two files; exit 0 when there are none, 1 when there are')
  .argument('<first>', 'FST file')
  .argument('<second>', 'FST file')
  .option('--abs <x>', 'differences up to x count as equal')
  .option('--rel <x>', 'differences up to x times the value count as equal')
  .option('--json', 'one JSON object a difference')
  .action(run(async () => (await import('./diff.js')).diff));

program
  .command('plot')
  .description('a record as a map, or a variable at a point over time; PNG with --out, else in the terminal')
  .argument('<file>', 'FST file')
  .option('--row <n>', 'record number from 0')
  .option('--where <key=glob>', 'the first record that matches, or (with --at) all that match', collect, [])
  .option('--at <lat,lon>', 'values at this point over time instead of a map')
  .option('--out <file>', 'PNG file to write')
  .option('--width <n>', 'width of the picture, pixels')
  .action(run(async () => (await import('./plot.js')).plot));

program
  .command('read')
  .description('decode records into a raw little-endian file')
  .argument('<file>', 'FST file')
  .option('--row <n>', 'record number from 0; repeatable, lists allowed (3,7)', collect, [])
  .option('--all', 'every record')
  .requiredOption('--out <file>', 'where the values go')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./read.js')).read));

program
  .command('coords')
  .description('latitudes and longitudes of the grid of a record (float64: lat[n], then lon[n] in [0,360))')
  .argument('<file>', 'FST file')
  .requiredOption('--row <n>', 'record number from 0')
  .requiredOption('--out <file>', 'where the coordinates go')
  .action(run(async () => (await import('./coords.js')).coords));

program
  .command('locate')
  .description('grid position, nearest and bilinear value of a record at points')
  .argument('<file>', 'FST file')
  .requiredOption('--row <n>', 'record number from 0')
  .requiredOption('--at <lat,lon>', 'point in degrees; repeatable', collect, [])
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./locate.js')).locate));

program
  .command('copy')
  .description('copy records into a new file, verbatim or packed anew')
  .argument('<in...>', 'FST files, folders or globs, then the file to write')
  .option('--format <container>', 'xdf or rsf; default: as the suffix of OUT says, else as the first input')
  .option('--datyp <n>', 'type to pack real and integer records in')
  .option('--nbits <n>', 'bits of a packed value')
  .option('--where <key=glob>', 'only records whose key matches; keys are ANDed, one key repeated is ORed', collect, [])
  .option('--json', 'report as one JSON object')
  .action(run(async () => (await import('./copy.js')).copy));

program
  .command('convert')
  .description('convert FST files to another format, or a file of another format to FST')
  .argument('<in...>', 'FST files and folders, or one file of another format; then the output')
  .option(
    '--format <name>',
    'netcdf netcdf3 zarr zarr2 geotiff grib2 parquet arrow csv geojson om xdf rsf; default: suffix',
  )
  .option('--where <key=glob>', 'only records whose key matches; keys are ANDed, one key repeated is ORed', collect, [])
  .option('--set <key=value>', 'option of the format (docs/conversions.md); repeatable', collect, [])
  .option('--json', 'report as one JSON object')
  .action(run(async () => (await import('./convert.js')).convert));

program
  .command('demo')
  .description('write the demo run, a small forecast with values that follow from a formula')
  .argument('<dir>', 'folder, created when absent')
  .option('--format <container>', 'xdf or rsf', 'xdf')
  .action(run(async () => (await import('./demo.js')).demo));

/** Flags that every command over data takes. */
function dataFlags(command: Command): Command {
  return command
    .option('--data <dir>', 'folder with FST files, read recursively, or s3://bucket/prefix; repeatable', collectSome)
    .option('--state <dir>', 'folder for index, queue and results (default .polyfst)')
    .option('--store <url>', 'where indexes and results are kept: file (in --state) or s3://bucket/prefix')
    .option('--config <file>', 'configuration, JSON or YAML');
}

dataFlags(program.command('index'))
  .description('bring the run indexes up to date')
  .option('--json', 'report as one JSON object')
  .action(run(async () => (await import('./index-data.js')).index));

dataFlags(program.command('watch'))
  .description('keep the run indexes up to date for services that do not look at the folders themselves')
  .action(run(async () => (await import('./watch.js')).watch));

dataFlags(program.command('query'))
  .description('answer a request without a server; CoverageJSON on standard output')
  .argument('<request>', 'JSON file, or - for standard input')
  .option('--collection <name>', 'collection to ask, when there are several')
  .option('--plan', 'only price the request')
  .action(run(async () => (await import('./query.js')).query));

dataFlags(program.command('extract'))
  .description('answer a request without a server, into a file')
  .argument('<request>', 'JSON file, or - for standard input')
  .argument('<out>', 'file to write; its suffix decides the format')
  .option('--format <name>', 'covjson covjson-ogc csv geojson parquet arrow netcdf om')
  .option('--collection <name>', 'collection to ask, when there are several')
  .action(run(async () => (await import('./extract.js')).extract));

dataFlags(program.command('batch'))
  .description('answer many requests as one job, a file each; started again it goes on where it was')
  .argument('<requests>', 'file with a request, or {"id", "request", "format"}, a line; - for standard input')
  .requiredOption('-o, --out <dir>', 'folder for the answers and the journal')
  .option('--format <name>', 'format of all answers; default: as each request says, else covjson')
  .option('--collection <name>', 'collection to ask, when there are several')
  .option('--concurrency <n>', 'requests at a time (default: cores)')
  .option('--json', 'one JSON object a request')
  .action(run(async () => (await import('./batch.js')).batch));

program
  .command('auto-convert')
  .description('convert new runs of folders by the rules of the configuration (key autoConvert), until stopped')
  .requiredOption('--config <file>', 'configuration with the rules, JSON or YAML')
  .option('--state <dir>', 'folder for the journal (default .polyfst)')
  .option('--once', 'look once, convert what is ready, and end')
  .option('--json', 'one JSON object a run')
  .action(run(async () => (await import('./auto-convert.js')).autoConvert));

dataFlags(program.command('serve'))
  .description('serve HTTP and run jobs; without data the demo run is written and served')
  .option('--host <address>', 'address to listen on (default 127.0.0.1)')
  .option('--port <n>', 'port to listen on (default 8080)')
  .option('--queue <url>', 'embedded, redis://… or postgres://… (default embedded)')
  .option('--public-url <url>', 'base of the addresses in answers')
  .option('--no-work', 'run no jobs in this process')
  .option('--concurrency <n>', 'jobs at a time (default: cores)')
  .action(run(async () => (await import('./serve.js')).serve));

dataFlags(program.command('work'))
  .description('run jobs of a shared queue')
  .option('--queue <url>', 'redis://… or postgres://…')
  .option('--concurrency <n>', 'jobs at a time (default: cores)')
  .action(run(async () => (await import('./work.js')).work));

dataFlags(program.command('doctor'))
  .description('check environment, configuration and data folders')
  .option('--json', 'one JSON object a check')
  .action(run(async () => (await import('./doctor.js')).doctor));

program
  .command('bench')
  .description('measure the workloads W1 to W8 on this machine (docs/benchmarks.md)')
  .option('--json', 'one JSON object a row')
  .option('--data <dir>', 'folder with fst16 and fst16c; default: made below .polyfst')
  .option('--only <names>', 'workloads, W1,W2')
  .option('--runs <n>', 'runs of each row (default 9)')
  .option('--peers', 'measure the reference library beside it, where its environment is')
  .action(run(async () => (await import('./bench.js')).bench));

program
  .command('completion')
  .description('completion script of a shell, or the manual page')
  .argument('<shell>', 'bash, zsh, fish or man')
  .action(run(async () => async (shell: string) => (await import('./completion.js')).completion(shell, program)));

const ip = program.command('ip').description('decode and encode IP1, IP2, IP3');
ip.command('decode')
  .argument('<ip...>', 'encoded values')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./encodings.js')).ipDecode));
ip.command('encode')
  .argument('<value>', 'value in the unit of the kind')
  .argument('<kind>', 'kind: 0 m above sea, 1 sigma, 2 hPa, 3 code, 4 m above ground, 5 hybrid, 6 theta, 10 hours')
  .option('--old', 'old style (IP1 up to 32767)')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./encodings.js')).ipEncode));

const date = program.command('date').description('decode, encode and shift CMC date stamps');
date
  .command('decode')
  .argument('<stamp...>', 'stamps')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./encodings.js')).dateDecode));
date
  .command('encode')
  .argument('<iso...>', 'ISO instants')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./encodings.js')).dateEncode));
date
  .command('add')
  .argument('<stamp>', 'stamp')
  .argument('<hours>', 'hours, may be negative or fractional')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./encodings.js')).dateAdd));

const om = program.command('om').description('list and read OM files, also at http(s) and s3 addresses');
om.command('ls')
  .description('the variables of a file, parents first')
  .argument('<file>', 'OM file, http(s) address or s3://bucket/key')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./om.js')).omLs));
om.command('read')
  .description('decode an array, or ranges of it, into a raw little-endian file')
  .argument('<file>', 'OM file, http(s) address or s3://bucket/key')
  .argument('<path>', 'names joined by /; "" or / is the root')
  .option('--range <ranges>', 'A:B,C:D,… half-open, one for each dimension; default: all')
  .requiredOption('--out <file>', 'where the values go')
  .option('--json', 'one JSON object a line')
  .action(run(async () => (await import('./om.js')).omRead));
