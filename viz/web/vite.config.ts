import type { AtRule, Plugin } from 'postcss';
import { defineConfig } from 'vitest/config';

/** Whose page the styles of a folder are; those of other files are everybody's. */
const PAGES: Record<string, string> = { 'entity/history': 'entity', 'ledgers/ledgers': 'load', 'map/ground': 'map' };
for (const name of ['board', 'desk', 'explore', 'map', 'questions']) PAGES[`${name}/${name}`] = name;

/** A page's styles hold within it: a name may stand for one thing here and for another there, whichever pages were opened before. */
const within: Plugin = {
  postcssPlugin: 'within-a-page',
  Rule(rule) {
    const file = /src\/(\w+\/\w+)\.css$/.exec(rule.source?.input.file ?? '')?.[1];
    const page = file && PAGES[file];
    if (!page || (rule.parent?.type === 'atrule' && (rule.parent as AtRule).name === 'keyframes')) return;
    const place = `main[data-page='${page}']`;
    if (rule.selector.includes(place)) return;
    rule.selectors = rule.selectors.map((one) => {
      if (one.startsWith('[data-')) throw rule.error(`${one}: what stands at the root begins with :root`);
      const [root = ''] = /^:root\S*\s+/.exec(one) ?? [];
      return `${root}${place} ${one.slice(root.length)}`;
    });
  },
};

export default defineConfig({
  css: { postcss: { plugins: [within] } },
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
