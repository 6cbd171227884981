/**
 * The one error class, the one table of codes, the one mapper (docs/errors.md lists every code; a test holds both together).
 * Codes are stable. `status` is the HTTP status, `errno` the numeric code of the FST24 interface for errors of files.
 */

interface CodeRow {
  readonly status: number;
  readonly title: string;
  /** −1 … −23 of the FST24 interface, for errors that a file can cause */
  readonly errno?: number;
}

export const CODES = {
  // the request
  bad_request: { status: 400, title: 'The request is malformed' },
  over_specified: { status: 400, title: 'A key is given in two places' },
  under_specified: { status: 400, title: 'A key that the request needs is missing' },
  unknown_key: { status: 400, title: 'A key is not known' },
  bad_value: { status: 400, title: 'A value is not valid for its key' },
  bad_shape: { status: 400, title: 'The shape is not valid' },
  degenerate_polygon: { status: 400, title: 'The polygon has no area' },
  self_intersection: { status: 400, title: 'The polygon crosses itself' },
  outside_domain: { status: 400, title: 'A point is outside the grid' },
  no_points_in_feature: { status: 400, title: 'No grid point lies in the shape' },
  no_data: { status: 400, title: 'No data for a requested value' },
  mixed_grids: { status: 400, title: 'The fields are on different grids' },
  unsupported_feature: { status: 400, title: 'This kind of feature is not offered' },
  unsupported_format: { status: 400, title: 'This format is not offered' },
  unsupported_grid: { status: 400, title: 'This grid has no geometry here' },
  too_large: { status: 413, title: 'The request is too large' },
  too_many_points: { status: 400, title: 'The shape has too many vertices' },
  // access
  unauthorized: { status: 401, title: 'Credentials are missing or not accepted' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  gone: { status: 410, title: 'No longer there' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  unsupported_media: { status: 415, title: 'Content type not accepted' },
  range_not_satisfiable: { status: 416, title: 'Range not satisfiable' },
  rate_limited: { status: 429, title: 'Too many requests' },
  overloaded: { status: 529, title: 'The service is at its capacity' },
  // jobs
  cancelled: { status: 410, title: 'The request was revoked' },
  worker_lost: { status: 500, title: 'The worker was lost twice' },
  run_changed: { status: 409, title: 'The data changed while they were read' },
  storage_full: { status: 507, title: 'Storage is full' },
  storage_unavailable: { status: 503, title: 'Storage does not answer' },
  internal: { status: 500, title: 'Internal fault' },
  // files; errno as in the FST24 interface
  general_error: { status: 500, title: 'File operation failed', errno: -1 },
  file_not_found: { status: 404, title: 'File not found', errno: -2 },
  permission_denied: { status: 403, title: 'File may not be read or written', errno: -3 },
  invalid_handle: { status: 500, title: 'File is not open', errno: -4 },
  out_of_memory: { status: 413, title: 'Memory budget exceeded', errno: -5 },
  not_fst: { status: 422, title: 'Not an RPN standard file', errno: -6 },
  truncated_file: { status: 422, title: 'File is shorter than it says', errno: -7 },
  damaged_file: { status: 422, title: 'File is damaged', errno: -8 },
  write_failed: { status: 500, title: 'File cannot be written', errno: -9 },
  record_not_found: { status: 404, title: 'Record not found', errno: -10 },
  bad_dimensions: { status: 422, title: 'Dimensions do not fit', errno: -11 },
  type_mismatch: { status: 422, title: 'Data type does not fit', errno: -12 },
  decode_failed: { status: 422, title: 'Record cannot be decoded', errno: -13 },
  grid_error: { status: 422, title: 'Grid cannot be resolved', errno: -14 },
  unsupported_type: { status: 422, title: 'Data type is not supported', errno: -15 },
  file_locked: { status: 409, title: 'File is being written by another process', errno: -20 },
  thread_limit: { status: 500, title: 'Too many threads', errno: -21 },
  handle_error: { status: 503, title: 'Too many open files', errno: -22 },
  cleanup_failed: { status: 500, title: 'Clean-up failed', errno: -23 },
} as const satisfies Record<string, CodeRow>;

export type ErrorCode = keyof typeof CODES;

export interface FeatureErrorOptions {
  /** machine-readable detail: missing fields, kink coordinates, file offsets */
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** An expected failure. `message` is one sentence that names the key, the value and a remedy. */
export class FeatureError extends Error {
  readonly data: unknown;
  constructor(
    readonly code: ErrorCode,
    detail: string,
    options: FeatureErrorOptions = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FeatureError';
    this.data = options.data;
  }
  /** HTTP status of the code. */
  get status(): number {
    return CODES[this.code].status;
  }
  /** Negative code of the FST24 interface, 0 when the error has none. */
  get errno(): number {
    const row: CodeRow = CODES[this.code];
    return row.errno ?? 0;
  }
}

/** Error in a form that every dialect renders from (RFC 9457 members). */
export interface Problem {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

let hidden: readonly string[] = [];

/**
 * Folders of this process that callers are not to learn of: below them, problems name files by the rest of their path. Who
 * runs the program sees them whole, in the log and on the command line.
 */
export function hideFolders(folders: readonly string[]): void {
  const whole = folders.map((folder) => `${folder.replace(/\/+$/, '')}/`).filter((folder) => folder !== '/');
  // the longest first: a folder may lie in another one
  hidden = [...new Set(whole)].sort((one, other) => other.length - one.length);
}

function withoutFolders(detail: string): string {
  let shown = detail;
  for (const folder of hidden) if (shown.includes(folder)) shown = shown.replaceAll(folder, '');
  return shown;
}

/** Maps anything thrown to a Problem; what is not a FeatureError becomes `internal` and leaks nothing. */
export function toProblem(error: unknown): Problem {
  if (error instanceof FeatureError) {
    return {
      code: error.code,
      status: error.status,
      title: CODES[error.code].title,
      detail: withoutFolders(error.message),
    };
  }
  return {
    code: 'internal',
    status: CODES.internal.status,
    title: CODES.internal.title,
    detail: 'The service failed on this request; please report the request id.',
  };
}
