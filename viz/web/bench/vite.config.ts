import { defineConfig } from 'vite';

/** What `benchmarks/map.py` draws the city map's picture with; no part of the application. Run in viz/web. */
export default defineConfig({
  root: 'bench',
  base: './',
  build: { outDir: '../../../build/bench/ours', emptyOutDir: true, target: ['chrome111'] },
});
