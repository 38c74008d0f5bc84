import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: {
    outDir: '../assets/web',
    emptyOutDir: true,
    // nothing is put into the page or the styles: the service's policy takes files of its own only
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ['chrome111', 'firefox115', 'safari16.4'],
  },
  // `npm run dev` gives the pages, `lianjian serve` beside it the answers
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8765', changeOrigin: true } } },
  test: { include: ['src/**/*.test.ts'], environment: 'node', isolate: false },
});
