import { describe, expect, it } from 'vitest';
import type { Me } from '../../../src/api/contract.ts';
import { ApiError } from '../../../src/client/api-error.ts';
import { MeStore } from '../../../src/dashboard/api/me-store.ts';
import { rightsOf } from '../../../src/dashboard/pages/actions/rights.ts';

function meOf(actor: string, csrf: string): Me {
  return {
    actor,
    verified: true,
    loginNeeded: true,
    grants: [{ role: 'operator', environments: ['prod'], services: ['*'] }],
    can: [],
    somewhere: ['read', 'start'],
    session: { id: null, untilMs: 1_000, csrf },
    ways: [],
  };
}

function refused(code: 'csrf-refused' | 'access-refused'): ApiError {
  return new ApiError({ code, status: 403, title: code, detail: code, advice: '' });
}

/** An API that answers one thing after another; the last one for good. */
function storeOver(...answers: (Me | null)[]) {
  const tokens: (string | null)[] = [];
  const ask = async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (!answer) throw new Error('no network');
    return answer;
  };
  return { store: new MeStore(ask, (token) => tokens.push(token)), tokens };
}

describe('who this browser is', () => {
  it('is asked again after a question without an answer, and stays known through the next one', async () => {
    const { store, tokens } = storeOver(null, meOf('ann', 'one'), null);
    await store.load();
    expect(rightsOf(store.get())).toEqual({ grants: [], verifiedName: null });
    await store.load();
    expect(rightsOf(store.get())).toMatchObject({ verifiedName: 'ann' });
    await store.load();
    expect(store.get()?.actor).toBe('ann');
    expect(tokens).toEqual(['one']);
  });

  it('is told to whoever listens only when something has changed', async () => {
    const { store } = storeOver(meOf('ann', 'one'), meOf('ann', 'one'), meOf('ann', 'two'));
    let told = 0;
    const stop = store.subscribe(() => {
      told += 1;
    });
    await store.load();
    await store.load();
    expect(told).toBe(1);
    await store.load();
    expect(told).toBe(2);
    stop();
  });
});

describe('a refusal as a stranger', () => {
  it('asks anew who somebody is who was logged in, and nobody else', async () => {
    const nobody: Me = { ...meOf('ann', 'one'), actor: null, verified: false, grants: [], session: null };
    const { store, tokens } = storeOver(meOf('ann', 'one'), nobody, meOf('bob', 'two'));
    await store.doubt();
    expect(store.get()).toBeNull();
    await store.load();
    await Promise.all([store.doubt(), store.doubt()]);
    expect(store.get()).toEqual(nobody);
    expect(tokens).toEqual(['one', null]);
    await store.doubt();
    expect(store.get()).toEqual(nobody);
  });
});

describe('what is sent in a session', () => {
  it('is sent once more with the token of the session that another tab has renewed', async () => {
    const { store, tokens } = storeOver(meOf('ann', 'one'), meOf('ann', 'two'));
    await store.load();
    const sent: (string | null | undefined)[] = [];
    const answer = await store.send(async () => {
      sent.push(tokens.at(-1));
      if (tokens.at(-1) === 'one') throw refused('csrf-refused');
      return 'done';
    });
    expect(answer).toBe('done');
    expect(sent).toEqual(['one', 'two']);
  });

  it('is sent no third time, and not again for any other refusal', async () => {
    const { store } = storeOver(meOf('ann', 'one'));
    await store.load();
    for (const [code, times] of [
      ['csrf-refused', 2],
      ['access-refused', 1],
    ] as const) {
      let sent = 0;
      const post = async () => {
        sent += 1;
        throw refused(code);
      };
      await expect(store.send(post)).rejects.toMatchObject({ code });
      expect(sent).toBe(times);
    }
  });

  it('is never sent in the name of somebody else who has logged in meanwhile', async () => {
    const { store } = storeOver(meOf('ann', 'one'), meOf('bob', 'two'));
    await store.load();
    let sent = 0;
    const post = async () => {
      sent += 1;
      throw refused('csrf-refused');
    };
    await expect(store.send(post)).rejects.toMatchObject({ code: 'csrf-refused' });
    expect(sent).toBe(1);
    expect(store.get()?.actor).toBe('bob');
  });
});
