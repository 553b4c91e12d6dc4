import { createServer } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { healthGate } from '../../../src/providers/gates/health.ts';
import { endable, listening } from '../health/servers.ts';
import { gateContract } from './suite.ts';

gateContract(healthGate, async () => {
  let status = 200;
  const app = createServer((_request, response) => response.writeHead(status).end());
  const database = createTcp((socket) => socket.end());
  const endApp = endable(app);
  const endDatabase = endable(database);
  const url = `http://${await listening(app)}/healthz`;
  const address = await listening(database);
  const answering = (code: number) => () => {
    status = code;
  };
  return {
    gate: healthGate.create({
      probes: {
        app: { type: 'http', url },
        database: { type: 'tcp', address },
        gone: { type: 'http', url: 'http://127.0.0.1:1/' },
      },
      timeoutMs: 20_000,
    }),
    open: [
      { name: 'both are well', options: { probes: ['app', 'database'] }, arrange: answering(200) },
      { name: 'only one is asked for', options: { probes: ['database'] }, arrange: answering(500) },
    ],
    closed: [
      {
        name: 'one is ill',
        options: { probes: ['app', 'database'] },
        arrange: answering(503),
        answer: 'hold',
        says: /not healthy: app: .*503/,
      },
      {
        name: 'a probe that there is not',
        options: { probes: ['ap'] },
        answer: 'refuse',
        says: /there is no probe ap; this gate has app, database, gone/,
      },
    ],
    missing: [
      { name: 'nobody there', options: { probes: ['gone'] } },
      { name: 'one of all is gone', arrange: answering(200) },
    ],
    close: async () => {
      await endApp();
      await endDatabase();
    },
  };
});
