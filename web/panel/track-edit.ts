/** Changes of the hours and levels of a track. Pure. */
import type { Feature } from '../state/state.js';

export type Track = Extract<Feature, { readonly kind: 'track' }>;

/** The track with other hours at its vertices; undefined for hours that are none. */
export function withHours(track: Track, hours: readonly number[]): Track | undefined {
  if (!hours.every((hour) => Number.isFinite(hour) && hour >= 0 && hour < 10_000)) return undefined;
  return {
    ...track,
    vertices: track.vertices.map((vertex, n) => ({ ...vertex, hours: Number(hours[n]!.toFixed(2)) })),
  };
}

/** The track with a level more or less; one stays. */
export function withLevel(track: Track, level: number, all: readonly number[]): Track {
  const has = track.levels.includes(level);
  const levels = all.filter((one) => (one === level ? !has : track.levels.includes(one)));
  return levels.length === 0 ? track : { ...track, levels };
}
