/** `polyfst doctor`: checks what the other commands need, and tells the remedy of what is wrong. */
import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { isRemote, remoteFiles } from '../extraction/store/remote-files.js';
import { mountData } from './compose.js';
import { loadConfig, type ServiceFlags } from './load-config.js';
import { EXIT, LineWriter } from './output.js';

interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'error';
  readonly detail: string;
}

const LEAST_NODE = 20;
const LEAST_FREE = 2 ** 30;
const GIB = 2 ** 30;

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

function nodeVersion(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  const detail = `Node ${process.versions.node}`;
  if (major >= LEAST_NODE) return { check: 'node', state: 'ok', detail };
  return { check: 'node', state: 'error', detail: `${detail}; install Node ${LEAST_NODE} or later` };
}

async function nativeCore(): Promise<Finding> {
  try {
    const { info } = await import('../native/index.js');
    const { abi, simd, threads } = info();
    return { check: 'native', state: 'ok', detail: `core ${abi}, ${simd}, ${threads} threads` };
  } catch (error) {
    const detail = `the native core does not load (${(error as Error).message.split('\n')[0]}); run npm run build:native`;
    return { check: 'native', state: 'error', detail };
  }
}

async function dataFolder(path: string): Promise<Finding> {
  const check = `data ${path}`;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return { check, state: 'error', detail: 'there is no such folder; check --data' };
  if (!found.isDirectory()) return { check, state: 'error', detail: 'is a file; name its folder' };
  const readable = await access(path, constants.R_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!readable) return { check, state: 'error', detail: 'may not be read; change its permissions' };
  return { check, state: 'ok', detail: 'can be read' };
}

async function dataObjects(root: string): Promise<Finding> {
  const check = `data ${root}`;
  try {
    for await (const { path } of remoteFiles(root).list(root)) {
      return { check, state: 'ok', detail: `can be listed (${path})` };
    }
    return { check, state: 'warning', detail: 'is empty; check the prefix' };
  } catch (error) {
    return { check, state: 'error', detail: (error as Error).message };
  }
}

async function stateFolder(path: string): Promise<Finding> {
  const check = `state ${path}`;
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const detail = `can be written, ${gib(free)} free`;
    if (free < LEAST_FREE) return { check, state: 'warning', detail: `${detail}; make room or choose another --state` };
    return { check, state: 'ok', detail };
  } catch (error) {
    return { check, state: 'error', detail: `cannot be written (${(error as Error).message}); choose another --state` };
  }
}

function memory(): Finding {
  const limit = process.constrainedMemory?.() ?? 0;
  const allowed = limit > 0 && limit < totalmem() ? limit : totalmem();
  const detail = `${gib(allowed)} of memory, ${availableParallelism()} cores`;
  if (allowed >= GIB) return { check: 'machine', state: 'ok', detail };
  return { check: 'machine', state: 'warning', detail: `${detail}; large requests will be refused, give it 1 GiB` };
}

async function configuration(flags: ServiceFlags): Promise<Finding[]> {
  try {
    const config = await loadConfig(flags);
    const found: Finding[] = [{ check: 'configuration', state: 'ok', detail: 'is valid' }];
    const roots = [...config.data, ...Object.values(config.collections).flatMap(({ roots: own }) => own)];
    await mountData(config);
    for (const root of roots) found.push(isRemote(root) ? await dataObjects(root) : await dataFolder(root));
    if (roots.length === 0) {
      found.push({ check: 'data', state: 'warning', detail: 'no folder is named; give --data DIR' });
    }
    found.push(await stateFolder(resolve(config.state)));
    return found;
  } catch (error) {
    return [{ check: 'configuration', state: 'error', detail: (error as Error).message }];
  }
}

/** Exit 1 when something is wrong; warnings do not count. */
export async function doctor(flags: ServiceFlags & { readonly json?: boolean }): Promise<number> {
  const { json, ...rest } = flags;
  const findings = [nodeVersion(), await nativeCore(), memory(), ...(await configuration(rest))];
  const out = new LineWriter();
  for (const finding of findings) {
    if (json === true) await out.json(finding);
    else await out.line(`${finding.state.padEnd(7)}  ${finding.check}: ${finding.detail}`);
  }
  await out.flush();
  return findings.some(({ state }) => state === 'error') ? EXIT.failed : EXIT.ok;
}
