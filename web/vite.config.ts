/** Builds the page into dist/web. Files with data (coast lines) stay files of their own, never strings in a script. */
import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';

const config: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
};

// biome-ignore lint/style/noDefaultExport: the build tool reads the default export
export default config;
