import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../../src/api/outside/signature.ts';
import { webhookGate } from '../../../src/providers/gates/webhook.ts';
import { endable, listening } from '../health/servers.ts';
import { gateContract, patientMs, questionFixture } from './suite.ts';

interface Asked {
  readonly body: Buffer;
  readonly signature: string;
}

async function service() {
  const asked: Asked[] = [];
  let answers: { status: number; text: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ body: Buffer.concat(chunks), signature: String(request.headers['x-sluice-signature']) });
      // The last answer stays.
      const { status, text } = (answers.length > 1 ? answers.shift() : answers[0]) ?? {
        status: 404,
        text: '',
      };
      response.writeHead(status).end(text);
    });
  });
  const end = endable(server);
  const url = `http://${await listening(server)}/gate`;
  const say = (...next: (object | string | number)[]) => {
    answers = next.map((one) => ({
      status: typeof one === 'number' ? one : 200,
      text: typeof one === 'string' ? one : JSON.stringify(one),
    }));
  };
  return { url, asked, say, end };
}

gateContract(webhookGate, async () => {
  const { url, say, end } = await service();
  process.env.GATE_SECRET = 'gate-s3cret';
  return {
    gate: webhookGate.create({ url, secret: { env: 'GATE_SECRET' } }),
    secrets: ['gate-s3cret'],
    open: [
      { name: 'a yes', arrange: () => say({ answer: 'open', reason: 'the change is approved' }) },
      {
        name: 'a yes at the third try',
        arrange: () => say(503, 429, { answer: 'open', reason: 'back again' }),
      },
    ],
    closed: [
      {
        name: 'a no',
        arrange: () =>
          say({ answer: 'refuse', reason: 'there is no change request', facts: { ticket: null } }),
        answer: 'refuse',
        says: /no change request/,
      },
      {
        name: 'not yet',
        arrange: () => say({ answer: 'hold', reason: 'the board meets at ten' }),
        answer: 'hold',
        says: /at ten/,
      },
    ],
    missing: [
      { name: 'an answer of another form', arrange: () => say({ ok: true }) },
      { name: 'no JSON', arrange: () => say('<html>') },
      { name: 'a yes without a reason', arrange: () => say({ answer: 'open', reason: '' }) },
      { name: 'a service that fails', arrange: () => say(500) },
      { name: 'a refused question', arrange: () => say(401) },
    ],
    close: end,
  };
});

describe('a service that answers with its status alone', () => {
  it('opens by 2xx, holds by anything else, and is tried as often as the operator says', async () => {
    const { url, asked, say, end } = await service();
    const gate = webhookGate.create({ url, answers: 'status', tries: 2 });
    const ask = () =>
      gate.evaluate(questionFixture({ options: { input: {} } }), AbortSignal.timeout(patientMs));
    say('accepted');
    expect(await ask()).toMatchObject({ answer: 'open' });
    say(403);
    expect(await ask()).toMatchObject({ answer: 'hold', reason: expect.stringContaining('403') });
    asked.length = 0;
    say(500);
    // No answer at all: the rollout holds, and a guard is not taken for closed at once.
    await expect(ask()).rejects.toThrow('the service answered 500; see that the service answers');
    expect(asked).toHaveLength(2);
    await end();
  });
});

describe('what a service is asked', () => {
  it('is signed, and tells what is rolled out, by whom and where it stands', async () => {
    const { url, asked, say, end } = await service();
    say({ answer: 'open', reason: 'fine' });
    process.env.GATE_SECRET = 'gate-s3cret';
    const gate = webhookGate.create({ url, secret: { env: 'GATE_SECRET' } });
    const options = webhookGate.options.parse({ input: { ticket: 'CHG-7' } });
    await gate.evaluate(questionFixture({ options, place: 1 }), AbortSignal.timeout(patientMs));
    const [first] = asked;
    if (first === undefined) throw new Error('nobody was asked');
    expect(verifySignature(first.signature, first.body, ['gate-s3cret'], Date.now())).toBeGreaterThan(0);
    expect(JSON.parse(first.body.toString())).toMatchObject({
      target: 'prod/shop',
      version: 'v2',
      author: 'ann',
      place: 1,
      input: { ticket: 'CHG-7' },
    });
    await end();
  });
});
