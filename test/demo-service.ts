/** The real service over the demo run for all tests of a file: started before them, gone after them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { writeDemo } from '../cli/demo.js';
import { startTestService, type TestService } from './service.js';

/** `config` is merged into the configuration. The address is known once the tests run. */
export function demoService(config: Readonly<Record<string, unknown>> = {}): Pick<TestService, 'url' | 'ask'> {
  let folder: string;
  let service: TestService;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'polyfst-demo-'));
    await writeDemo(folder, 'xdf');
    service = await startTestService([folder], config);
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get url() {
      return service.url;
    },
    ask: (collection, request) => service.ask(collection, request),
  };
}
