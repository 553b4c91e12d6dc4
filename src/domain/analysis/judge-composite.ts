/** Judges several checks as one: all of them, any of them, or a weighted score. */
import { unusable, verdictOf } from './evidence.ts';
import { amount, amountAgainst, spoken } from './format.ts';
import type { CompositeCheck, CompositePart } from './further-checks.ts';
import type { Reading, Verdict, VerdictKind } from './types.ts';

interface Answer {
  readonly part: CompositePart;
  readonly verdict: Verdict;
  /** What it counts as: a part without data is left out, failed or decisive, as its `onNoData` says. */
  readonly kind: VerdictKind | 'left-out';
}

interface Outcome {
  readonly kind: VerdictKind;
  readonly text: string;
}

/** The canary reading holds the verdicts of the parts, in the plan's order. */
export function judgeComposite(
  config: CompositeCheck,
  canary: Reading,
  _stable: Reading | null,
  atMs: number,
): Verdict {
  const said = canary.kind === 'value' ? (canary.parts ?? []) : [];
  const problem = unusable(config, 'canary', canary);
  const answers = config.parts.flatMap((part, at) => {
    const verdict = said[at];
    return verdict === undefined ? [] : [{ part, verdict, kind: countedAs(part, verdict) }];
  });
  const asked = answers.filter(({ kind }) => kind !== 'left-out');
  if (problem !== null || asked.length === 0 || answers.length < config.parts.length) {
    const reason = problem?.reason ?? `no part of ${spoken(config.name)} has an answer`;
    return verdictOf(config, problem?.kind ?? 'no-data', reason, canary, null, atMs);
  }
  const score = scoreOf(asked);
  const { kind, text } = outcomes[config.mode](config, asked, score);
  const shown: Reading = { kind: 'value', value: score, samples: null };
  return verdictOf(config, kind, `${spoken(config.name)}: ${text}`, shown, null, atMs);
}

const outcomes: Readonly<
  Record<CompositeCheck['mode'], (config: CompositeCheck, asked: readonly Answer[], score: number) => Outcome>
> = {
  all(_config, asked) {
    return (
      first(asked, 'fail') ?? undecided(asked) ?? { kind: 'pass', text: `all ${asked.length} parts pass` }
    );
  },
  any(_config, asked) {
    return (
      first(asked, 'pass') ??
      undecided(asked) ?? { kind: 'fail', text: `no part passes: ${reasons(asked, 'fail')}` }
    );
  },
  score({ pass, marginal }, asked, score) {
    const critical = asked.find(({ part, kind }) => part.critical && kind === 'fail');
    if (critical)
      return { kind: 'fail', text: `score 0, as a critical part failed: ${critical.verdict.reason}` };
    const open = undecided(asked);
    if (open !== null) return open;
    const because = score === 100 ? '' : `: ${reasons(asked, 'fail')}`;
    if (score >= pass)
      return { kind: 'pass', text: `score ${amountAgainst(pass, score, '')} of 100${because}` };
    if (score < marginal) {
      const text = `score ${amountAgainst(marginal, score, '')} of 100, below the marginal line of ${amount(marginal, '')}${because}`;
      return { kind: 'fail', text };
    }
    const text = `score ${amountAgainst(pass, score, '')} of 100 is marginal; ${amount(pass, '')} would pass${because}`;
    return { kind: 'no-data', text };
  },
};

/** Share of the weight that passes, 0 to 100; a critical failure makes it 0. */
function scoreOf(asked: readonly Answer[]): number {
  if (asked.some(({ part, kind }) => part.critical && kind === 'fail')) return 0;
  const weigh = (some: readonly Answer[]) => some.reduce((sum, { part }) => sum + part.weight, 0);
  const all = weigh(asked);
  if (asked.every(({ kind }) => kind === 'pass')) return 100;
  return all > 0 ? (100 * weigh(asked.filter(({ kind }) => kind === 'pass'))) / all : 0;
}

function countedAs({ check }: CompositePart, { kind }: Verdict): Answer['kind'] {
  if (kind !== 'no-data') return kind;
  if (check.onNoData === 'pass') return 'left-out';
  return check.onNoData === 'fail' ? 'fail' : 'no-data';
}

function first(asked: readonly Answer[], kind: 'pass' | 'fail'): Outcome | null {
  const found = asked.find((answer) => answer.kind === kind);
  return found === undefined ? null : { kind, text: found.verdict.reason };
}

/** An error says more than missing data. */
function undecided(asked: readonly Answer[]): Outcome | null {
  const found = asked.find(({ kind }) => kind === 'error') ?? asked.find(({ kind }) => kind === 'no-data');
  if (found === undefined) return null;
  return { kind: found.kind === 'error' ? 'error' : 'no-data', text: found.verdict.reason };
}

function reasons(asked: readonly Answer[], kind: VerdictKind): string {
  return asked.flatMap((answer) => (answer.kind === kind ? [answer.verdict.reason] : [])).join('; ');
}
