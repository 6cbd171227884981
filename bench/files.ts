/** The files that the file benchmarks read: written once by the project's own writer, seeded, below a given folder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from '../schemas/vocabulary.js';
import { weatherField } from './field.js';
import { fieldOf, PLAIN, writeFileOnce } from './run-files.js';

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

/** One file of `FIELD.records` fields a type; returns its path. */
export async function decodeFile(folder: string, container: Container, type: (typeof TYPES)[number]): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `decode_${type.name.replace('/', '_')}.${container}.fst`);
  const { ni, nj, records } = FIELD;
  await writeFileOnce(path, container, function* () {
    for (let hour = 0; hour < records; hour++)
      yield fieldOf(weatherField(ni, nj, hour % 4), { ...type, container }, { ni, nj, hour, level: 500 });
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
    await writeFileOnce(path, container, function* () {
      for (let hour = 0; hour < SCAN.records; hour++)
        yield { ...fieldOf(values, PLAIN, { ...SCAN, hour, level: 500 }), ip1: 1000 - hour, ip3: f };
    });
    paths.push(path);
  }
  return paths;
}
