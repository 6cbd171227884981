/**
 * What is delivered besides our own code: `licences` checks the lock file, `sbom [OUT]` writes it as CycloneDX, `audit` asks the
 * registry for known faults and says "not run" where nobody answers that, `builds` builds the commit twice and compares. One
 * JSON line each; exit 1 for what must not be.
 */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../paths.js';
import { compareBuilds } from './builds.js';
import { judge } from './licences.js';

const LONGEST_MS = 120_000;

interface Lock {
  readonly packages: Parameters<typeof judge>[0];
}

const lock = (): Lock => JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;

const print = (figures: object): boolean => process.stdout.write(`${JSON.stringify(figures)}\n`);

/** Output of npm, whatever its exit code. */
function npm(...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd: root, maxBuffer: 1 << 28, timeout: LONGEST_MS };
    execFile('npm', args, options, (_error, stdout) => resolve(stdout));
  });
}

function licences(): number {
  const verdicts = judge(lock().packages);
  const refused = verdicts.filter(({ isAllowed }) => !isAllowed);
  for (const { name, version, license } of refused) {
    process.stderr.write(
      `${name} ${version}: ${license ?? 'no licence'} may not be delivered; choose another package\n`,
    );
  }
  print({ check: 'licences', packages: verdicts.length, refused: refused.length });
  return refused.length === 0 ? 0 : 1;
}

interface Bom {
  readonly components: readonly { readonly name: string; readonly version: string }[];
  readonly metadata: { readonly component: object };
}

async function sbom(out: string | undefined): Promise<number> {
  const text = await npm('sbom', '--sbom-format', 'cyclonedx', '--package-lock-only');
  const made = JSON.parse(text) as Bom;
  // npm names the program after its folder.
  const bom = { ...made, metadata: { ...made.metadata, component: { ...made.metadata.component, name: 'polyfst' } } };
  const known = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
  const locked = judge(lock().packages).filter(({ name, version }) => !known.has(`${name}@${version}`));
  if (out !== undefined) writeFileSync(out, `${JSON.stringify(bom, null, 2)}\n`);
  print({ check: 'sbom', components: bom.components.length, missing: locked.length, ...(out && { out }) });
  for (const { name, version } of locked) process.stderr.write(`${name} ${version} is not in the SBOM\n`);
  return locked.length === 0 ? 0 : 1;
}

interface Audit {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
}

async function audit(): Promise<number> {
  const answer = await npm('audit', '--omit=dev', '--json');
  const found = (JSON.parse(answer === '' ? '{}' : answer) as Audit).metadata?.vulnerabilities;
  if (found === undefined) {
    process.stdout.write('audit: not run, the registry has no audit endpoint\n');
    return 0;
  }
  const { critical = 0, high = 0, moderate = 0, low = 0 } = found;
  print({ check: 'audit', critical, high, moderate, low });
  return critical + high === 0 ? 0 : 1;
}

async function builds(): Promise<number> {
  const compared = await compareBuilds();
  print({ check: 'builds', ...compared });
  return compared.differ.length === 0 ? 0 : 1;
}

const [what, out] = process.argv.slice(2);
const checks: Readonly<Record<string, () => number | Promise<number>>> = {
  licences,
  audit,
  builds,
  sbom: () => sbom(out),
};
const check = checks[what ?? ''];
if (check === undefined) process.stderr.write(`supply: name one of ${Object.keys(checks).join(', ')}\n`);
process.exitCode = check === undefined ? 2 : await check();
