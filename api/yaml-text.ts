/**
 * YAML and JSON texts of requests as plain values whose scalars keep their source text: `0000`, `0001`, `12:00` and `no`
 * are what the author wrote. Numbers are resolved only below the member `feature`, where they are coordinates; JSON bodies
 * take the same way, since JSON is YAML, so that both notations of a request mean the same. Anchors, aliases, tags, merge keys, duplicate keys and several documents are refused: no request needs them.
 */
import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import { shorten } from '../schemas/check.js';
import { FeatureError } from '../schemas/problem.js';
import { refuseDeepText } from './text-scan.js';

/** A mapping without a prototype: a key such as `__proto__` is a key like any other. */
export type PlainMap = { [key: string]: PlainValue };
export type PlainValue = string | number | boolean | null | PlainMap | PlainValue[];

/** Numbers of YAML's core schema, without leading zeros, so that `0000` and `0001` stay text. */
const NUMBER = /^[-+]?(?:0|[1-9][0-9]*|(?=\.[0-9]))(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,4})?$/;

interface Frame {
  readonly value: PlainMap | PlainValue[];
  /** key that waits for its value; undefined in a sequence or before a key */
  key: string | undefined;
  /** key under which the collection itself stands */
  readonly name: string | undefined;
  readonly numeric: boolean;
}

function refuse(what: string, remedy: string): never {
  throw new FeatureError('bad_request', `The request ${what}; ${remedy}.`);
}

export function emptyMap(): PlainMap {
  return Object.create(null) as PlainMap;
}

/** The one document of `text`. Plain numbers are resolved below `feature` and `request.feature`. */
export function parseYamlText(text: string, depth: number): PlainValue {
  refuseDeepText(text, depth);
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: depth });
  } catch (error) {
    const reason = error instanceof Error ? shorten(error.message.split('\n', 1)[0] ?? '', 120) : 'not readable';
    refuse(`is not valid YAML or JSON (${reason})`, 'correct the text');
  }
  return build(text, events);
}

function build(text: string, events: readonly Event[]): PlainValue {
  const frames: Frame[] = [];
  let root: PlainValue | undefined;
  let documents = 0;
  const put = (value: PlainValue): void => {
    const frame = frames[frames.length - 1];
    if (frame === undefined) root = value;
    else if (Array.isArray(frame.value)) frame.value.push(value);
    else putPair(frame, value);
  };
  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        if (++documents > 1 || event.directives.length > 0) refuse('holds several documents', 'send one');
        break;
      case EVENT_ID.ALIAS:
        refuse('uses an alias (*name)', 'write the value out');
        break;
      case EVENT_ID.SCALAR:
        refuseMarks(event);
        put(scalar(text, event, frames[frames.length - 1]));
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        refuseMarks(event);
        const parent = frames[frames.length - 1];
        const numeric = parent?.numeric === true || isFeature(frames);
        if (isKeyPlace(parent)) refuse('has a list or mapping as a key', 'use a plain word as the key');
        const value: PlainMap | PlainValue[] = event.type === EVENT_ID.SEQUENCE ? [] : emptyMap();
        const name = parent?.key;
        put(value);
        frames.push({ value, key: undefined, name, numeric });
        break;
      }
      case EVENT_ID.POP:
        frames.pop();
        break;
    }
  }
  if (documents !== 1 || root === undefined) refuse('is empty', 'send a mapping of keys');
  return root;
}

/** Whether the next value is the member `feature` of the request, flat or in its wrapper. */
function isFeature(frames: readonly Frame[]): boolean {
  if (frames[frames.length - 1]?.key !== 'feature') return false;
  return frames.length === 1 || (frames.length === 2 && frames[1]?.name === 'request');
}

function isKeyPlace(frame: Frame | undefined): boolean {
  return frame !== undefined && !Array.isArray(frame.value) && frame.key === undefined;
}

function putPair(frame: Frame, value: PlainValue): void {
  const map = frame.value as PlainMap;
  if (frame.key !== undefined) {
    map[frame.key] = value;
    frame.key = undefined;
    return;
  }
  const key = String(value);
  if (key === '<<') refuse('uses a merge key (<<)', 'write the members out');
  if (key in map) refuse(`gives the key "${shorten(key)}" twice`, 'remove one of them');
  frame.key = key;
}

function refuseMarks(event: { readonly anchorStart: number; readonly tagStart: number }): void {
  if (event.anchorStart >= 0) refuse('uses an anchor (&name)', 'write the value out');
  if (event.tagStart >= 0) refuse('uses a tag (!name)', 'remove it; values are read by their key');
}

function scalar(text: string, event: ScalarEvent, frame: Frame | undefined): PlainValue {
  const value = getScalarValue(text, event);
  const resolves = frame?.numeric === true && !isKeyPlace(frame) && event.style === SCALAR_STYLE.PLAIN;
  if (!resolves || !NUMBER.test(value)) return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}
