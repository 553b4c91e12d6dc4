/** A stop of all can be released from the page also while Temporal is away. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../../src/client/index.ts';
import { Releasing } from '../../../../src/dashboard/pages/emergency/releasing.ts';

const act = { actor: 'ann', reason: '', key: 'k1' };
const released = { released: ['edge'], notReleased: [] };
const away = { status: 503, code: 'temporal-unavailable' } as const;
const lost = { status: 0, code: 'unreachable' } as const;

let answers: (() => Response)[];
let keys: (string | null)[];
let releasing: Releasing;

const refusing = (status: number, code: string) => () =>
  Response.json(
    { type: code, title: code, status, detail: code, code, advice: '', problems: [], requestId: 'r1' },
    { status },
  );

beforeEach(() => {
  keys = [];
  const client = createClient({
    baseUrl: 'http://sluice',
    fetch: async (_, init) => {
      keys.push(new Headers(init?.headers).get('idempotency-key'));
      return (answers.shift() ?? (() => Response.json(released)))();
    },
  });
  releasing = new Releasing(client);
});

describe('a release of a stop of all', () => {
  it('is sent again under its key, so that it is done once', async () => {
    answers = [refusing(503, 'traffic-unavailable')];
    await expect(releasing.send(act)).rejects.toMatchObject({ code: 'traffic-unavailable' });
    expect(releasing.meaningOf({ status: 503, code: 'traffic-unavailable' })).toBeNull();
    expect(await releasing.send(act)).toEqual(released);
    expect(keys).toEqual(['k1', 'k1']);
  });

  it('goes without a key once Temporal could not say what was done under it, and says so', async () => {
    answers = [refusing(away.status, away.code)];
    await expect(releasing.send(act)).rejects.toMatchObject(away);
    expect(releasing.meaningOf(away)).toContain('Nothing was released this time');
    expect(await releasing.send(act)).toEqual(released);
    expect(keys).toEqual(['k1', null]);
  });

  it('does not promise to be done once when it went without a key and had no answer', async () => {
    expect(releasing.meaningOf(lost)).toBeNull();
    answers = [
      refusing(away.status, away.code),
      () => {
        throw new Error('connection reset');
      },
    ];
    await expect(releasing.send(act)).rejects.toMatchObject(away);
    await expect(releasing.send(act)).rejects.toMatchObject(lost);
    expect(releasing.meaningOf(lost)).toContain('so is what somebody has stopped anew since');
  });
});
