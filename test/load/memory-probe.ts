/** Preloaded into the service under load: collects garbage on request and tells what is left. */
export interface MemoryReport {
  readonly rssBytes: number;
  readonly heapBytes: number;
  /** buffers and WebAssembly memory */
  readonly externalBytes: number;
}

process.on('message', (message) => {
  if (message !== 'memory') return;
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const report: MemoryReport = { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
  process.send?.(report);
});
process.channel?.unref();
