/** The negative numbers that batch calls give for single records, as errors that say which record it was. */
import { CODES, type ErrorCode, FeatureError } from '../../schemas/problem.js';

const BY_ERRNO: ReadonlyMap<number, ErrorCode> = new Map(
  (Object.keys(CODES) as ErrorCode[]).flatMap((code) => {
    const row: { readonly status: number; readonly errno?: number } = CODES[code];
    return row.errno === undefined ? [] : [[row.errno, code] as const];
  }),
);

/** Code of a number of the FST24 interface; `general_error` for one that stands for nothing. */
export function codeOfErrno(errno: number): ErrorCode {
  return BY_ERRNO.get(errno) ?? 'general_error';
}

/** `data` holds file, row and the byte where the record begins. */
export function errorOfStatus(
  status: number,
  path: string,
  index: number,
  nomvar: string,
  offset: number,
): FeatureError {
  const code = codeOfErrno(status);
  const title = CODES[code].title.toLowerCase();
  return new FeatureError(
    code,
    `${path}: record ${index} (${nomvar}) at byte ${offset} cannot be read (${title}, code ${status}); leave it out or get the file again.`,
    { data: { file: path, row: index, offset } },
  );
}
