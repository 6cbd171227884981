/**
 * A reference file for kerchunk: metadata inline, every chunk a whole address of this service. Byte ranges into the data files
 * are never given: all packings but plain IEEE words need our decoder.
 */
import type { ZarrStore } from './store.js';

export interface References {
  readonly version: 1;
  readonly refs: Readonly<Record<string, string | readonly [url: string]>>;
}

/** `base`: address of the store, without a slash behind it. */
export function referencesOf(store: ZarrStore, base: string): References {
  const refs: Record<string, string | readonly [string]> = {};
  for (const [key, text] of store.documents(2)) if (key !== '.zmetadata') refs[key] = text;
  for (const key of store.keys()) {
    refs[key] = [`${base}/${key.split('/').map(encodeURIComponent).join('/')}`];
  }
  return { version: 1, refs };
}
