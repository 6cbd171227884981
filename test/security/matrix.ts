/** Who may do what: every route by every kind of caller, against a table; and ids of others against ids of nobody. */
import { setTimeout as sleep } from 'node:timers/promises';
import { newJobId } from '../../schemas/job.js';
import { GOOD } from './hostile-requests.js';
import { SECRETS, type Served } from './served.js';
import { type Answer, exchange, requestBytes } from './wire.js';

const CALLERS = ['nobody', 'expired', 'wrong', 'owner', 'other', 'stranger', 'admin'] as const;
type Caller = (typeof CALLERS)[number];

/** Words of the table: what the statuses must be. */
type Outcome = 'open' | 'login' | 'none' | 'denied' | 'ok';

const STATUSES: Readonly<Record<Outcome, readonly number[]>> = {
  open: [200],
  login: [401],
  none: [404],
  denied: [403],
  ok: [200, 202, 303],
};

interface Row {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  /** callers without good credentials, then owner, other user, same name of another realm, admin */
  readonly expect: readonly [Outcome, Outcome, Outcome, Outcome, Outcome];
}

function table(id: string): readonly Row[] {
  const submit = { verb: 'retrieve', request: GOOD[0]! };
  const get = (path: string, ...expect: Row['expect']): Row => ({ method: 'GET', path, expect });
  const everyone = ['login', 'ok', 'ok', 'ok', 'ok'] as const;
  const owners = ['login', 'ok', 'none', 'none', 'none'] as const;
  return [
    ...['/api/v1/test', '/api/v2/health', '/docs', '/openapi.json', '/openapi-3.1.json', '/metrics'].map((path) =>
      get(path, 'open', 'open', 'open', 'open', 'open'),
    ),
    ...[
      '/api/v1/collections',
      '/api/v1/user',
      '/api/v1/requests',
      '/api/v1/requests/demo',
      '/api/v2/collections',
      '/api/v2/requests',
    ].map((path) => get(path, ...everyone)),
    ...['/health', '/ready'].map((path) => get(path, ...everyone)),
    ...[`/api/v1/requests/${id}`, `/api/v2/requests/${id}`, `/api/v2/requests/${id}/status`].map((path) =>
      get(path, ...owners),
    ),
    get(`/api/v1/downloads/${id}`, 'none', 'none', 'none', 'none', 'none'),
    get('/admin/queues', 'login', 'denied', 'denied', 'denied', 'ok'),
    get('/admin/queues/api/queues', 'login', 'denied', 'denied', 'denied', 'ok'),
    { method: 'POST', path: '/api/v1/requests/demo', body: submit, expect: everyone },
    { method: 'POST', path: '/api/v2/demo/requests?dry-run=1', body: GOOD[0]!, expect: everyone },
    {
      method: 'POST',
      path: '/api/v1/requests/private',
      body: submit,
      expect: ['login', 'ok', 'denied', 'denied', 'denied'],
    },
    {
      method: 'POST',
      path: '/api/v2/private/requests',
      body: GOOD[0]!,
      expect: ['login', 'ok', 'denied', 'denied', 'denied'],
    },
    {
      method: 'POST',
      path: '/api/v1/requests/nowhere',
      body: submit,
      expect: ['login', 'none', 'none', 'none', 'none'],
    },
    { method: 'DELETE', path: `/api/v2/requests/${id}`, expect: ['login', 'ok', 'none', 'none', 'none'] },
  ];
}

const COLUMN: Readonly<Record<Caller, number>> = {
  ...{ nobody: 0, expired: 0, wrong: 0 },
  ...{ owner: 1, other: 2, stranger: 3, admin: 4 },
};

function credentials(caller: Caller): Readonly<Record<string, string>> {
  if (caller === 'nobody') return {};
  return { Authorization: `Bearer ${caller === 'wrong' ? 'not-a-key' : SECRETS[caller]}` };
}

const JSON_TYPE = { 'Content-Type': 'application/json' } as const;

async function ask(served: Served, caller: Caller, row: Pick<Row, 'method' | 'path' | 'body'>): Promise<Answer> {
  const { method, path, body } = row;
  const headers = { ...credentials(caller), ...(body === undefined ? {} : JSON_TYPE) };
  const parts = { method, target: path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return exchange(served.port, requestBytes(parts), method === 'HEAD', 20_000);
}

/** A finished request of the owner. */
async function ownedId(served: Served): Promise<string> {
  const row = { method: 'POST', path: '/api/v1/requests/private', body: { verb: 'retrieve', request: GOOD[0]! } };
  const accepted = await ask(served, 'owner', row);
  const id = accepted.headers.get('location')?.split('/').at(-1) ?? '';
  for (let left = 200; left > 0; left--) {
    const { status } = await ask(served, 'owner', { method: 'GET', path: `/api/v1/requests/${id}` });
    if (status === 303) return id;
    await sleep(50);
  }
  throw new Error(`the request of the matrix did not end (${accepted.status} ${accepted.body.toString()})`);
}

/** What a caller can compare of an answer. */
function face(answer: Answer): string {
  const names = [...answer.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date');
  return JSON.stringify([answer.status, names, answer.body.toString('latin1')]);
}

export interface MatrixReport {
  readonly cells: number;
  readonly comparisons: number;
  readonly broken: readonly string[];
  readonly seen: readonly string[];
}

export async function roleMatrix(served: Served): Promise<MatrixReport> {
  const broken: string[] = [];
  const seen: string[] = [];
  const id = await ownedId(served);
  let comparisons = 0;
  for (const caller of ['other', 'stranger', 'admin'] as const) {
    for (const method of ['GET', 'HEAD', 'DELETE', 'PUT', 'PATCH', 'OPTIONS']) {
      for (const path of ['/api/v1/requests/', '/api/v2/requests/', '/api/v1/downloads/']) {
        const faces = await Promise.all(
          [id, newJobId(), 'x', '%00'].map(async (asked) =>
            face(await ask(served, caller, { method, path: path + asked })),
          ),
        );
        comparisons += faces.length - 1;
        if (new Set(faces).size > 1)
          broken.push(`${caller} ${method} ${path}: a foreign id differs from an unknown one`);
      }
    }
  }
  let cells = 0;
  const check = async (caller: Caller, row: Row): Promise<void> => {
    const answer = await ask(served, caller, row);
    const wanted = row.expect[COLUMN[caller]]!;
    cells++;
    seen.push(answer.body.toString('latin1'));
    if (!STATUSES[wanted].includes(answer.status))
      broken.push(`${caller} ${row.method} ${row.path}: ${answer.status} instead of ${wanted}`);
  };
  for (const row of table(id)) {
    const others = CALLERS.filter((caller) => caller !== 'owner');
    await Promise.all(others.map((caller) => check(caller, row)));
    // The owner comes last: a DELETE takes the request away.
    await check('owner', row);
  }
  return { cells, comparisons, broken, seen };
}
