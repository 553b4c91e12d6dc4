/** What changes something is sent under the key that the command line names, so that it can be sent again. */
import { expect, test } from 'vitest';
import { main } from '../../../src/cli/program.ts';
import { fakeIo } from './fakes.ts';

const everything = ['--scope', 'demo', '--reason', 'fire'];

test.each([
  ['start plan.yaml'],
  ['pause demo/shop'],
  ['rollback demo/shop'],
  ['rollback --emergency', ...everything],
  ['rollback --emergency --release', ...everything],
  ['emergency-stop', ...everything],
  ['emergency-stop --release'],
  ['ack demo/shop'],
  ['incidents close demo/shop'],
  ['approvals link demo/shop --for bob'],
  ['evidence collect demo/shop'],
  ['evidence hold demo/shop', '--reason', 'audit'],
  ['evidence release demo/shop', '--reason', 'audit'],
  ['evidence prune'],
  ['sessions revoke 0123456789abcdef'],
  ['sessions revoke --name ann'],
])('%s', async (words, ...more) => {
  const sent: (string | null)[] = [];
  const io = fakeIo({
    fetch: async (_, init) => {
      sent.push(new Headers(init?.headers).get('idempotency-key'));
      throw new Error('nobody is there');
    },
  });
  await main([...words.split(' '), ...more, '--idempotency-key', 'once', '--api', 'http://127.0.0.1:1'], io);
  expect(sent).toEqual(['once']);
});
