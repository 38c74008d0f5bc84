import { defineConfig } from 'vite';

/** What `benchmarks/map.py` draws the city map's picture with; no part of the application. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: { outDir: '../../../build/bench/ours', emptyOutDir: true, target: ['chrome111'] },
});
