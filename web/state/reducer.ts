/** Every change of the state, as one pure function of what happened. */
import {
  type Feature,
  type FeatureKind,
  type Overlay,
  START,
  type State,
  type Tab,
  type UnitFamily,
  type View,
} from './state.js';

export type Action =
  | { readonly type: 'set'; readonly part: Partial<State> }
  /** another model: its run, times and domain are its own */
  | { readonly type: 'model'; readonly collection: string; readonly param: string; readonly level: number | undefined }
  | { readonly type: 'param'; readonly collection: string; readonly key: string; readonly level: number | undefined }
  | { readonly type: 'overlay'; readonly name: Overlay; readonly on: boolean }
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'feature'; readonly feature: Feature | undefined }
  | { readonly type: 'tool'; readonly tool: FeatureKind | undefined }
  | { readonly type: 'tab'; readonly tab: Tab }
  | { readonly type: 'unit'; readonly family: UnitFamily; readonly unit: string };

/** Tabs that have something to show for a shape; the first opens with it. */
export const TABS_OF: Readonly<Record<FeatureKind, readonly Tab[]>> = {
  pt: ['met', 'prof', 'data'],
  poly: ['area', 'data'],
  box: ['area', 'data'],
  circ: ['area', 'data'],
  frame: ['area', 'data'],
  track: ['track', 'data'],
};

function withFeature(state: State, feature: Feature | undefined): State {
  if (feature === undefined) return { ...state, feature, job: undefined };
  const tabs = TABS_OF[feature.kind];
  return { ...state, feature, job: undefined, tab: tabs.includes(state.tab) ? state.tab : tabs[0]! };
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'set':
      return { ...state, ...action.part };
    case 'model': {
      const { collection, param, level } = action;
      const { feature, job, view, crs } = START;
      return { ...state, collection, param, level, run: 'latest', member: -1, time: '', feature, job, view, crs };
    }
    case 'param':
      return { ...state, collection: action.collection, param: action.key, level: action.level };
    case 'overlay': {
      const others = state.overlays.filter((one) => one !== action.name);
      return { ...state, overlays: action.on ? [...others, action.name] : others };
    }
    case 'view':
      return { ...state, view: action.view };
    case 'feature':
      return withFeature(state, action.feature);
    case 'tool':
      return { ...state, tool: action.tool, playing: false };
    case 'tab':
      return { ...state, tab: action.tab };
    case 'unit':
      return { ...state, units: { ...state.units, [action.family]: action.unit } };
  }
}
