/** The files that the file benchmarks read: written once by the project's own writer, seeded, below a given folder. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { append, encode, type NativeField } from '../native/index.js';
import type { Container } from '../schemas/vocabulary.js';
import { weatherField } from './field.js';

/** Types of the decode rows: name, datyp, nbits. */
export const TYPES = [
  { name: '134/16', datyp: 134, nbits: 16 },
  { name: '134/12', datyp: 134, nbits: 12 },
  { name: '1/16', datyp: 1, nbits: 16 },
  { name: '1/12', datyp: 1, nbits: 12 },
  { name: '6/16', datyp: 6, nbits: 16 },
  { name: '133/32', datyp: 133, nbits: 32 },
  { name: '5/32', datyp: 5, nbits: 32 },
] as const;

export const FIELD = { ni: 1000, nj: 1000, records: 24 } as const;
export const SCAN = { files: 40, records: 250, ni: 50, nj: 50 } as const;

function field(values: Float32Array, ni: number, nj: number, datyp: number, nbits: number, hour: number): NativeField {
  return {
    nomvar: 'TT', typvar: 'P', etiket: 'BENCH', grtyp: 'L', ip1: 500, ip2: hour, ip3: 0, ni, nj, nk: 1,
    deet: 3600, npas: hour, ig1: 5, ig2: 10, ig3: 11500, ig4: 23000, dateo: 493121600, datyp, nbits, values,
  }; // biome-ignore format: one record
}

async function writeOnce(path: string, container: Container, fields: () => AsyncIterable<NativeField>): Promise<void> {
  if (existsSync(path)) return;
  const part = `${path}.part`;
  await rm(part, { force: true });
  const records: Uint8Array[] = [];
  for await (const one of fields()) records.push(await encode(container, one));
  await append(part, container, records);
  await rename(part, path);
}

/** One file of `FIELD.records` fields a type; returns its path. */
export async function decodeFile(folder: string, container: Container, type: (typeof TYPES)[number]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `decode_${type.name.replace('/', '_')}.${container}.fst`);
  await writeOnce(path, container, async function* () {
    for (let r = 0; r < FIELD.records; r++)
      yield field(weatherField(FIELD.ni, FIELD.nj, r % 4), FIELD.ni, FIELD.nj, type.datyp, type.nbits, r);
  });
  return path;
}

/** 40 files of 250 small records. */
export async function scanFiles(folder: string, container: Container): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const values = weatherField(SCAN.ni, SCAN.nj, 1);
  const paths: string[] = [];
  for (let f = 0; f < SCAN.files; f++) {
    const path = join(folder, `scan_${String(f).padStart(2, '0')}.${container}.fst`);
    await writeOnce(path, container, async function* () {
      for (let r = 0; r < SCAN.records; r++)
        yield { ...field(values, SCAN.ni, SCAN.nj, 1, 16, r), ip1: 1000 - r, ip3: f };
    });
    paths.push(path);
  }
  return paths;
}
