/**
 * Asks whether what runs here is well, for probes that have to ask from inside: `node bin/probe.mjs [url…]`. Without
 * addresses it asks where worker, API and guard listen; the one that runs here answers. Exit 0: an answer of 2xx.
 */
import process from 'node:process';

const { SLUICE_WORKER_HEALTH_PORT, SLUICE_API_PORT, SLUICE_GUARD_PORT } = process.env;
const usual = [SLUICE_WORKER_HEALTH_PORT || 9465, SLUICE_API_PORT || 8080, SLUICE_GUARD_PORT || 9466];
const given = process.argv.slice(2);
const urls = given.length > 0 ? given : usual.map((port) => `http://127.0.0.1:${port}/healthz`);

const answers = await Promise.all(urls.map(ask));
if (!answers.some(({ ok }) => ok)) {
  console.error(answers.map(({ told }) => told).join('; '));
  process.exitCode = 1;
}

/** @param {string} url */
async function ask(url) {
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(3_000) });
    return { ok, told: `${url} answers ${status}` };
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return { ok: false, told: `${url}: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}
