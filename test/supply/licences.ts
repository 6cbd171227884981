/**
 * Licences of the packages in the lock file: whether each is one that an Apache-2.0 program may be delivered with (or, for what
 * is used only while developing, worked with). A package whose own words are missing or odd is named here with what was read.
 */

/** An entry of the lock file. */
export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

const DELIVERED = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Zlib',
  'PSF-2.0',
  'Python-2.0',
  'EDL-1.0',
  'NIST-Software',
]);

/** May also be used, unchanged, for building and testing. */
const WORKED_WITH = new Set(['MPL-2.0', 'CC-BY-4.0']);

/** Read in the package where its manifest says nothing that can be compared: licence by name, for one version line. */
const READ: Readonly<Record<string, { readonly major: string; readonly license: string }>> = {
  arc: { major: '0', license: 'BSD-2-Clause' },
  h5wasm: { major: '0', license: 'NIST-Software AND BSD-3-Clause' },
  'splaytree-ts': { major: '1', license: 'BSD-3-Clause' },
};

/** Families whose packages for other platforms are not installed here: the licence of the one that is. */
const FAMILIES: readonly (readonly [prefix: string, like: string])[] = [
  ['@msgpackr-extract/msgpackr-extract-', 'MIT'],
  ['@biomejs/cli-', 'MIT OR Apache-2.0'],
];

export interface Verdict {
  readonly name: string;
  readonly version: string;
  /** as decided on; undefined when none is known */
  readonly license: string | undefined;
  readonly isAllowed: boolean;
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** Whether a licence expression can be fulfilled: every part of AND, some part of OR. AND binds before OR. */
export function isFulfilled(expression: string, isAllowed: (id: string) => boolean): boolean {
  const flat = expression.trim();
  const inner = /\(([^()]*)\)/.exec(flat);
  if (inner !== null) {
    const part = isFulfilled(inner[1]!, isAllowed) ? '+' : '-';
    return isFulfilled(flat.replace(inner[0], part), isAllowed);
  }
  return flat.split(/ OR /i).some((either) =>
    either.split(/ AND /i).every((id) => {
      const word = id.trim();
      return word === '+' || (word !== '-' && isAllowed(word));
    }),
  );
}

function licenseOf(name: string, { version = '', license }: LockedPackage): string | undefined {
  const read = READ[name];
  if (read !== undefined && version.startsWith(`${read.major}.`)) return read.license;
  return license ?? FAMILIES.find(([prefix]) => name.startsWith(prefix))?.[1];
}

/** A verdict for each package of a lock file (`packages` of version 2 or 3), in its order. */
export function judge(packages: Readonly<Record<string, LockedPackage>>): Verdict[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .map(([path, entry]) => {
      const name = nameOf(path);
      const license = licenseOf(name, entry);
      const isKnown = (id: string): boolean => DELIVERED.has(id) || (entry.dev === true && WORKED_WITH.has(id));
      const isAllowed = license !== undefined && isFulfilled(license, isKnown);
      return { name, version: entry.version ?? '', license, isAllowed };
    });
}
