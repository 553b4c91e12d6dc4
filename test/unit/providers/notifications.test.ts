/** The operator's notifiers and routes, and what plans may name of them. */
import { describe, expect, it } from 'vitest';
import { SluiceError } from '../../../src/domain/errors.ts';
import { parsePlan } from '../../../src/domain/plan/schema.ts';
import { parseConfig } from '../../../src/providers/config.ts';
import { createRegistry } from '../../../src/providers/registry.ts';
import { catalogue, minimal } from '../domain/plan/fixtures.ts';

const notifiers = { team: { type: 'memory' }, boss: { type: 'memory' } };

function problemsOf(input: object): string[] {
  try {
    parseConfig(input);
    return [];
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe('the operator’s routes', () => {
  it('are read with every default', () => {
    const { routes } = parseConfig({
      notifiers,
      routes: [{ to: ['team'], cooldown: '10m', escalate: [{ after: '15m', to: ['boss'] }] }],
    });
    expect(routes).toEqual([
      {
        to: ['team'],
        events: ['*'],
        severities: ['critical', 'warning', 'info'],
        environments: ['*'],
        services: ['*'],
        cooldownMs: 600_000,
        groupMs: 0,
        escalate: [{ afterMs: 900_000, to: ['boss'] }],
      },
    ]);
  });

  it.each([
    [{ to: ['taem'] }, /^routes\[0\]: there is no notifier "taem"; did you mean "team"\?/],
    [{ to: ['team'], escalate: [{ after: '1m', to: ['bos'] }] }, /no notifier "bos"; did you mean "boss"/],
    [
      { to: ['team'], events: ['rollbak.begun'] },
      /^routes\[0\]\.events: there is no event "rollbak\.begun"; did you mean/,
    ],
    [{ to: ['team'], severities: ['fatal'] }, /^routes\[0\]\.severities/],
    [{ to: ['team'], cooldown: 10 }, /^routes\[0\]\.cooldown/],
    [{ to: ['team'], evnets: ['*'] }, /^routes\[0\]\.evnets/],
  ])('refuse %j', (route, says) => {
    expect(problemsOf({ notifiers, routes: [route] })).toEqual([expect.stringMatching(says)]);
  });

  it('let plans name only what is there', () => {
    expect(problemsOf({ notifiers, notifications: { planChannels: ['teem'] } })).toEqual([
      expect.stringMatching(/^notifications\.planChannels\[0\]: there is no notifier "teem"/),
    ]);
  });
});

describe('what a plan says of telling', () => {
  const read = (notify: unknown, channels?: readonly string[]) =>
    parsePlan(
      { ...minimal, ...(notify === undefined ? {} : { notify }) },
      { ...catalogue, ...(channels ? { channels } : {}) },
    );

  it('is nothing where the operator has no notifiers, and that rollouts are told where there are some', () => {
    const plan = (result: ReturnType<typeof read>) => (result.ok ? result.plan.notify : result.problems);
    expect(plan(read(undefined))).toBeUndefined();
    expect(plan(read(undefined, []))).toEqual({ channels: [] });
    expect(plan(read(['team', { to: 'boss', events: ['rollback.*'] }], ['team', 'boss']))).toEqual({
      channels: [
        { to: 'team', events: ['*'] },
        { to: 'boss', events: ['rollback.*'] },
      ],
    });
  });

  it.each([
    [['boss'], '"boss" is no notifier that plans may name'],
    [[{ to: 'team', events: ['nothing.*'] }], 'there is no event "nothing.*"'],
    [[{ to: 'team', url: 'http://evil' }], 'url'],
    ['team', 'list'],
  ])('is refused if it is %j', (notify, says) => {
    const result = read(notify, ['team']);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    const [problem] = result.problems;
    expect(`${problem?.path} ${problem?.message}`).toContain('notify');
    expect(`${problem?.path} ${problem?.message}`.toLowerCase()).toContain(says);
  });

  it('comes from the registry, which has no channels while it has no notifiers', () => {
    const of = (input: object) => createRegistry(parseConfig(input)).catalogue.channels;
    expect(of({})).toBeUndefined();
    expect(of({ notifiers, notifications: { planChannels: ['team'] } })).toEqual(['team']);
  });
});
