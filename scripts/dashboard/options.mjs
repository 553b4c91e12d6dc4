/** How the dashboard is built and served while it is worked on. */
import { join } from 'node:path';
import { distDir, root } from '../lib/paths.mjs';

/** Where the API serves it. */
export const base = '/ui/';

/** @type {import('vite').InlineConfig} */
export const options = {
  configFile: false,
  root: join(root, 'src', 'dashboard'),
  base,
  publicDir: false,
  logLevel: 'warn',
  cacheDir: join(root, '.sluice', 'vite'),
  build: {
    outDir: join(distDir, 'dashboard'),
    emptyOutDir: true,
    target: 'es2022',
    // As a data: address it would need an exception in the pages' policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // On a busy machine it would say each time that it was slow.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
};
