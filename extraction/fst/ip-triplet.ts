/**
 * The three ips of a record read together: a level or layer, a time or interval, and a user number. An interval puts its end
 * in ip2 and its start in ip3; a layer puts its lower bound in ip1 and its upper bound in ip3. docs/formats/encoding.md#triplets.
 */
import { type DecodedIp, decodeIp, encodeIp, isLevelKind, KIND, OLD_STYLE_MAX } from './ip.js';

/** A closed span of one kind; `from` equals `to` for a single value. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly kind: number;
}

export interface IpTriplet {
  /** bounds of the level: from ip1, and from ip3 when that holds a level of the same kind */
  readonly level: Span | null;
  /** hours: start and end, equal for an instant; kind 10 */
  readonly time: Span | null;
  /** what ip3 says when it is neither bound of an interval nor of a layer */
  readonly user: Span | null;
}

function single(decoded: DecodedIp | null): Span | null {
  return decoded === null ? null : { from: decoded.value, to: decoded.value, kind: decoded.kind };
}

/** Below the new style, ip2 is hours and ip3 a plain number. */
function plainOr(ip: number, kind: number): DecodedIp | null {
  return ip >= 0 && ip <= OLD_STYLE_MAX ? { value: ip, kind, name: kind === KIND.hours ? 'H' : '' } : decodeIp(ip);
}

/** What the three ips of a record say. */
export function decodeTriplet(ip1: number, ip2: number, ip3: number): IpTriplet {
  const level = decodeIp(ip1);
  const time = plainOr(ip2, KIND.hours);
  const third = plainOr(ip3, KIND.code);
  if (third !== null && ip3 > OLD_STYLE_MAX) {
    if (third.kind === KIND.hours && time?.kind === KIND.hours && ip2 > OLD_STYLE_MAX) {
      return { level: single(level), time: { from: third.value, to: time.value, kind: KIND.hours }, user: null };
    }
    if (level !== null && third.kind === level.kind && third.kind <= KIND.theta) {
      return { level: { from: level.value, to: third.value, kind: level.kind }, time: single(time), user: null };
    }
  }
  return { level: single(level), time: single(time), user: single(third) };
}

/** For kinds that count downwards, the larger value is the lower in the atmosphere. */
function isLower(a: number, b: number, kind: number): boolean {
  const downwards = kind === KIND.sigma || kind === KIND.pressure || kind === KIND.hybrid || kind === KIND.depth;
  return downwards ? a > b : a < b;
}

/** The three new-style ips of a level or layer, a time or interval (hours), and a user code; bounds may come in any order. */
export function encodeTriplet(
  level: Span,
  time: Pick<Span, 'from' | 'to'>,
  user = 0,
): readonly [ip1: number, ip2: number, ip3: number] {
  const end = Math.max(time.from, time.to);
  const start = Math.min(time.from, time.to);
  const layer = level.from !== level.to && isLevelKind(level.kind);
  const swap = layer && isLower(level.to, level.from, level.kind);
  const ip1 = encodeIp(swap ? level.to : level.from, level.kind);
  const ip2 = encodeIp(end, KIND.hours);
  if (layer) return [ip1, ip2, encodeIp(swap ? level.from : level.to, level.kind)];
  return [ip1, ip2, start === end ? encodeIp(user, KIND.code) : encodeIp(start, KIND.hours)];
}
