/**
 * The load generator as a process: `node dist/demo/load.js --url http://127.0.0.1:7200 --stats-port 7206 --rate 200`.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { startLoad } from './load-generator.ts';
import { LoadTally } from './load-stats.ts';

const maxRate = 5_000;
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    'stats-port': { type: 'string' },
    rate: { type: 'string', default: '200' },
  },
});
const statsPort = Number(values['stats-port']);
const firstRate = rateOf(values.rate);
if (!values.url || !URL.canParse(values.url) || !(statsPort > 0) || firstRate === null) {
  console.error(`usage: load --url <http url> --stats-port <port> [--rate 0-${maxRate}]`);
  process.exit(2);
}

const tally = new LoadTally(Date.now());
const load = startLoad({
  url: new URL(values.url),
  rate: firstRate,
  onSample: (sample) => tally.add(sample),
});

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  if (request.method === 'GET' && request.url === '/stats')
    return answer(200, tally.stats(Date.now(), load.rate));
  if (request.method === 'POST' && request.url === '/rate') {
    return void readRate(request).then((rate) => {
      if (rate === null) return answer(400, { error: `send {"rate": 0-${maxRate}}` });
      load.rate = rate;
      return answer(200, { rate });
    });
  }
  return answer(404, { error: 'GET /stats or POST /rate' });
});
server.on('error', (error) => {
  console.error(`load generator: ${error.message}`);
  process.exit(1);
});
server.listen(statsPort, '127.0.0.1', () =>
  console.log(`sends ${firstRate}/s to ${values.url}, tells on ${statsPort}`),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    load.stop();
    process.exit(0);
  });
}

async function readRate(request: IncomingMessage): Promise<number | null> {
  try {
    let body = '';
    for await (const chunk of request) {
      body += String(chunk);
      if (body.length > 1_000) return null;
    }
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && 'rate' in parsed ? rateOf(parsed.rate) : null;
  } catch {
    return null;
  }
}

function rateOf(input: unknown): number | null {
  const rate = typeof input === 'string' && input !== '' ? Number(input) : input;
  return typeof rate === 'number' && rate >= 0 && rate <= maxRate ? rate : null;
}
