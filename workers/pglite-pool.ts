/**
 * An object of the shape of `pg.Pool` around an in-process PGlite: what BullMQ's PostgreSQL backend needs. There is one
 * session, so "clients" share it; LISTEN goes through `db.listen`, which delivers at once.
 */
import { EventEmitter } from 'node:events';
import { PGlite } from '@electric-sql/pglite';

/** BullMQ's default schema is `bullmq`; a pool of our own must set the search path itself. */
export const START_PARAMS: readonly string[] = [
  ...PGlite.defaultStartParams,
  ...['-c', 'shared_buffers=8MB', '-c', 'max_wal_size=64MB', '-c', 'search_path=bullmq'],
];

interface QueryResult<Row> {
  rows: Row[];
  rowCount: number;
}

/** A "connection": queries, and the notifications that it listens to. */
class PgliteClient extends EventEmitter {
  readonly #db: PGlite;
  readonly #unlisten: (() => Promise<void>)[] = [];

  constructor(db: PGlite) {
    super();
    this.setMaxListeners(0);
    this.#db = db;
  }

  async query<Row>(text: string, params?: readonly unknown[]): Promise<QueryResult<Row>> {
    const channel = /^\s*LISTEN\s+"?(\w+)"?/im.exec(text)?.[1];
    if (channel !== undefined) {
      this.#unlisten.push(await this.#db.listen(channel, (payload) => this.emit('notification', { channel, payload })));
      return { rows: [], rowCount: 0 };
    }
    return runQuery(this.#db, text, params);
  }

  release(): void {
    this.removeAllListeners();
    for (const stop of this.#unlisten.splice(0)) stop().catch(() => undefined);
  }
}

export class PglitePool extends EventEmitter {
  /** BullMQ asks a pool for this before it lets workers wait long for a notification. */
  readonly options = { keepAlive: true };
  readonly #db: PGlite;

  constructor(db: PGlite) {
    super();
    this.setMaxListeners(0);
    this.#db = db;
  }

  query<Row>(text: string, params?: readonly unknown[]): Promise<QueryResult<Row>> {
    return runQuery(this.#db, text, params);
  }

  async connect(): Promise<PgliteClient> {
    return new PgliteClient(this.#db);
  }

  async end(): Promise<void> {
    // The database belongs to the backend, which closes it last.
  }
}

async function runQuery<Row>(db: PGlite, text: string, params?: readonly unknown[]): Promise<QueryResult<Row>> {
  if (params === undefined) {
    const results = await db.exec(text);
    const last = results.at(-1);
    return { rows: (last?.rows ?? []) as Row[], rowCount: last?.affectedRows ?? last?.rows.length ?? 0 };
  }
  const result = await db.query<Row>(text, [...params]);
  return { rows: result.rows, rowCount: result.affectedRows ?? result.rows.length };
}
