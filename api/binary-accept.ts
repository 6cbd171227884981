/** Answers without text: a submit whose `Accept` begins with a binary type and that names no format gets that one. */
import { FORMATS } from '../schemas/format-name.js';
import type { OutputFormat } from '../schemas/vocabulary.js';

const BINARY = ['arrow', 'float32', 'parquet'] as const satisfies readonly OutputFormat[];

/** The binary format that a client would rather have than anything else it names. */
export function binaryFormat(accept: string | undefined): OutputFormat | undefined {
  const first = accept?.split(/[,;]/, 1)[0]?.trim().toLowerCase();
  return BINARY.find((format) => FORMATS[format].media === first);
}

/** The request with the format of `Accept`; its own format decides where it names one. */
export function withAcceptedFormat(body: unknown, accept: string | undefined): unknown {
  const format = binaryFormat(accept);
  if (format === undefined || typeof body !== 'object' || body === null) return body;
  return Object.keys(body).some((key) => key.trim().toLowerCase() === 'format') ? body : { ...body, format };
}
