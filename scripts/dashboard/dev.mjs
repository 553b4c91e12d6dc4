/** `npm run dev:dashboard`: the dashboard with each change at once, over the API of a running stack (`npm start`). */
import process from 'node:process';
import { createServer } from 'vite';
import { runAsScript } from '../lib/run.mjs';
import { base, options } from './options.mjs';

await runAsScript(import.meta.url, async () => {
  const target = process.env.SLUICE_API || 'http://127.0.0.1:7201';
  // The API takes changes only from pages of its own origin.
  const proxy = { target, headers: { origin: target } };
  const server = await createServer({
    ...options,
    logLevel: 'info',
    server: { host: '127.0.0.1', proxy: { '/v1': proxy, '/docs': proxy, '/openapi.json': proxy } },
  });
  await server.listen();
  console.log(`The dashboard over ${target}: ${server.resolvedUrls?.local[0] ?? base}`);
});
