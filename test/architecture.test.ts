/**
 * Holds the direction of imports (docs/architecture.md): a folder may import folders to its right, never to its left,
 * and no file imports itself in a circle. Also: who may touch the environment, the addon, bullmq and apache-arrow, and file sizes.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './paths.js';

/** Folder → folders that its files may import, itself included. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  schemas: ['schemas'],
  client: ['client', 'schemas'],
  native: ['native', 'schemas'],
  formats: ['formats', 'schemas'],
  extraction: ['extraction', 'formats', 'native', 'client', 'schemas'],
  workers: ['workers', 'extraction', 'formats', 'native', 'schemas'],
  api: ['api', 'workers', 'extraction', 'formats', 'native', 'schemas'],
  cli: ['cli', 'api', 'workers', 'extraction', 'formats', 'native', 'client', 'schemas'],
};

/** Folders that run in a browser too. */
const BROWSER_SAFE = ['schemas', 'client'];
const MAX_LINES = 400;

interface Module {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function parse(path: string): Module {
  const text = readFileSync(join(root, path), 'utf8');
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return { path, text, imports };
}

const isTest = (path: string): boolean => /\.(test|prop\.test)\.ts$/.test(path);
const modules = Object.keys(ALLOWED)
  .flatMap(sources)
  .filter((path) => !isTest(path))
  .map(parse);

function target(module: Module, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return normalize(join(dirname(module.path), specifier)).replace(/\.js$/, '.ts');
}

const complaints = (check: (module: Module) => string[]): string[] => modules.flatMap(check);

describe('architecture', () => {
  it('imports only point to the right', () => {
    const wrong = complaints((module) => {
      const folder = module.path.split('/')[0]!;
      return module.imports.flatMap((specifier) => {
        const to = target(module, specifier)?.split('/')[0];
        return to === undefined || to.endsWith('.json') || ALLOWED[folder]!.includes(to)
          ? []
          : [`${module.path} imports ${specifier}`];
      });
    });
    assert.deepEqual(wrong, []);
  });

  it('has no circle of imports', () => {
    const graph = new Map(modules.map((module) => [module.path, runtimeTargets(module)]));
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === 'done') return;
      if (state.get(path) === 'open') {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
        return;
      }
      state.set(path, 'open');
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
      state.set(path, 'done');
    };
    for (const path of graph.keys()) visit(path, []);
    assert.deepEqual(circles, []);
  });

  it('keeps Node out of what runs in a browser', () => {
    const wrong = complaints((module) =>
      BROWSER_SAFE.includes(module.path.split('/')[0]!)
        ? module.imports.filter((name) => name.startsWith('node:')).map((name) => `${module.path}: ${name}`)
        : [],
    );
    assert.deepEqual(wrong, []);
  });

  it('leaves the environment to cli/, the addon to native/index.ts, bullmq to workers/, apache-arrow to formats/arrow*.ts', () => {
    const wrong = complaints((module) => {
      const found: string[] = [];
      if (/process\.env/.test(module.text) && !mayReadEnvironment(module.path))
        found.push(`${module.path}: process.env`);
      if (/fst\.node/.test(module.text) && module.path !== 'native/index.ts') found.push(`${module.path}: the addon`);
      if (module.imports.includes('bullmq') && !mayImportBullmq(module.path)) found.push(`${module.path}: bullmq`);
      if (module.imports.includes('apache-arrow') && !module.path.startsWith('formats/arrow'))
        found.push(`${module.path}: apache-arrow`);
      return found;
    });
    assert.deepEqual(wrong, []);
  });

  it(`has no file over ${MAX_LINES} lines`, () => {
    const long = complaints((module) => {
      const lines = module.text.split('\n').length - 1;
      return lines > MAX_LINES ? [`${module.path}: ${lines} lines`] : [];
    });
    assert.deepEqual(long, []);
  });
});

/** Targets that exist at run time: a type-only import makes no circle. */
function runtimeTargets(module: Module): string[] {
  const statements = [...module.text.matchAll(/(?:^|\n)(?:import|export)\s+(?!type\b)[^;]*?from\s+'([^']+)'/g)];
  return statements.flatMap((match) => target(module, match[1]!) ?? []);
}

function mayReadEnvironment(path: string): boolean {
  return path.startsWith('cli/') || path === 'workers/child.ts' || path === 'workers/crash-point.ts';
}

function mayImportBullmq(path: string): boolean {
  return path.startsWith('workers/') || path === 'api/dashboard.ts';
}
