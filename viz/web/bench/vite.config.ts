import { defineConfig } from 'vite';

/** What `benchmarks/map.py` draws the city map's picture with; no part of the application. */
export default defineConfig({
  root: decodeURIComponent(new URL('.', import.meta.url).pathname),
  base: './',
  build: { outDir: '../../../build/bench/ours', emptyOutDir: true, target: ['chrome111'] },
});
