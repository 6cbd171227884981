/** Where the bytes of an OM file come from: a local file, or an http(s) address read by ranges. */
import { type FileHandle, open } from 'node:fs/promises';

export interface ByteSource extends AsyncDisposable {
  readonly size: number;
  /** exactly `length` bytes, or an error */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
}

function checked(name: string, bytes: Uint8Array, offset: number, length: number): Uint8Array {
  if (bytes.length !== length)
    throw new RangeError(`${name}: ${bytes.length} of ${length} bytes at ${offset}; the file is cut short`);
  return bytes;
}

/** Places come from the file: they are checked before memory is taken or the system is asked. */
function checkPlace(name: string, offset: number, length: number, size: number): void {
  if (!(offset >= 0 && length >= 0 && offset + length <= size))
    throw new RangeError(
      `${name}: ${length} bytes at ${offset} of a file of ${size} bytes; it is damaged or cut short`,
    );
}

class LocalSource implements ByteSource {
  constructor(
    private readonly name: string,
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}
  async read(offset: number, length: number): Promise<Uint8Array> {
    checkPlace(this.name, offset, length, this.size);
    const buffer = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(buffer, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return checked(this.name, buffer.subarray(0, done), offset, length);
  }
  [Symbol.asyncDispose] = (): Promise<void> => this.handle.close();
}

class RemoteSource implements ByteSource {
  constructor(
    private readonly url: string,
    readonly size: number,
  ) {}
  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    checkPlace(this.url, offset, length, this.size);
    if (length === 0) return new Uint8Array(0);
    const headers = { Range: `bytes=${offset}-${offset + length - 1}` };
    const answer = await fetch(this.url, { headers, ...(signal === undefined ? {} : { signal }) });
    if (answer.status !== 206 && answer.status !== 200)
      throw new RangeError(`${this.url}: answered ${answer.status} to a range`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return checked(this.url, answer.status === 200 ? bytes.subarray(offset, offset + length) : bytes, offset, length);
  }
  async [Symbol.asyncDispose](): Promise<void> {
    // nothing is held between reads
  }
}

async function remoteSize(url: string, signal?: AbortSignal): Promise<number> {
  const answer = await fetch(url, { method: 'HEAD', ...(signal === undefined ? {} : { signal }) });
  const size = Number(answer.headers.get('Content-Length') ?? Number.NaN);
  if (!answer.ok || !Number.isSafeInteger(size))
    throw new RangeError(`${url}: answered ${answer.status} without a length; it cannot be read by ranges`);
  return size;
}

/** Opens a path or an http(s) address. */
export async function openByteSource(where: string, signal?: AbortSignal): Promise<ByteSource> {
  if (/^https?:\/\//.test(where)) return new RemoteSource(where, await remoteSize(where, signal));
  const handle = await open(where);
  return new LocalSource(where, handle, (await handle.stat()).size);
}
