/** Every change of the state, as one pure function of what happened. */
import {
  type Feature,
  type FeatureKind,
  firstTab,
  type Overlay,
  START,
  type State,
  TABS_OF,
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

/** The same state with a tab that its shape has. */
export function withTab(state: State): State {
  const { feature, tab } = state;
  if (feature === undefined || TABS_OF[feature.kind].includes(tab)) return state;
  return { ...state, tab: firstTab(feature) };
}

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case 'set':
      return withTab({ ...state, ...action.part });
    case 'model': {
      const { collection, param, level } = action;
      const { feature, job, view, crs } = START;
      return {
        ...state,
        collection,
        param,
        level,
        run: 'latest',
        member: -1,
        time: '',
        scale: undefined,
        feature,
        job,
        view,
        crs,
      };
    }
    case 'param':
      // a range belongs to the field that it was chosen for
      return { ...state, collection: action.collection, param: action.key, level: action.level, scale: undefined };
    case 'overlay': {
      const others = state.overlays.filter((one) => one !== action.name);
      return { ...state, overlays: action.on ? [...others, action.name] : others };
    }
    case 'view':
      return { ...state, view: action.view };
    case 'feature':
      return withTab({ ...state, feature: action.feature, job: undefined });
    case 'tool':
      return { ...state, tool: action.tool, playing: false };
    case 'tab':
      return { ...state, tab: action.tab };
    case 'unit':
      return { ...state, units: { ...state.units, [action.family]: action.unit } };
  }
}
