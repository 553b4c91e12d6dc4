/** Sources of reports for tests: recorded rollouts, with what an attacker or a scanner might put into them. */
import type { RolloutRecord } from '../../src/evidence/content.ts';
import { contentOf } from '../../src/evidence/content.ts';
import type { Proof, ReportSource } from '../../src/report/source.ts';
import { sourceOf } from '../../src/report/source.ts';
import { recordedRollout, testVersions } from './evidence.ts';

const proofFixture: Proof = {
  position: 3,
  sha256: 'ab'.repeat(32),
  signedBy: '0123456789abcdef',
  collectedAtMs: Date.UTC(2030, 0, 1),
  files: [{ path: 'plan.json', mediaType: 'application/json', bytes: 7, sha256: 'cd'.repeat(32) }],
  missing: [],
};

export async function reportSource(
  recording: string,
  changes: Partial<ReportSource> = {},
  rollout: RolloutRecord = recordedRollout(recording),
): Promise<ReportSource> {
  const { files } = await contentOf(rollout, { versions: testVersions, report: async () => null });
  const contents = new Map([...files].map(([path, { content }]) => [path, content]));
  return { ...sourceOf(contents, proofFixture), ...changes };
}

/** Texts that would be more than text wherever they are not escaped. */
const hostile = `<script>alert("x")</script><img src="http://evil.test/x.png" onerror="alert(1)"> & | \`code\` [link](http://evil.test) \u001b[31m`;

/** The same text at every place to which something from outside comes. */
export function poisoned(source: ReportSource): ReportSource {
  const text = JSON.stringify(source, (key, inner: unknown) =>
    typeof inner === 'string' && isFree(key) ? hostile : inner,
  );
  const controls = { [hostile]: { met: [hostile], open: [hostile] } };
  return { ...(JSON.parse(text) as ReportSource), raw: () => ({ controls }) };
}

/** What is one of a few words is refused long before a report if it is another one. */
function isFree(key: string): boolean {
  return !['kind', 'via', 'answer', 'action', 'sha256', 'type', 'place'].includes(key);
}

/** The hash of a made-up report. */
const phases = 'ef'.repeat(32);

/** The whole of a rollout with gates of all the kinds that reports speak of. */
export async function richSource(recording: string): Promise<ReportSource> {
  const source = await reportSource(recording);
  const gate = {
    gate: 'scans',
    place: 'start',
    answer: 'open',
    atMs: source.rollout.startedAtMs,
    reports: [],
  } as const;
  const controls = {
    'SOC 2': { met: ['CC8.1'], open: ['CC7.1'] },
    'ISO 27001': { met: ['A.8.32'], open: [] },
  };
  return {
    ...source,
    raw: (sha256) => (sha256 === phases ? { controls } : source.raw(sha256)),
    gates: [
      ...source.gates,
      {
        ...gate,
        name: 'scans',
        type: 'vulnerabilities',
        reason: '0 critical, 2 high, 5 medium, 9 low (trivy)',
        facts: {
          format: 'trivy',
          counts: { critical: 0, high: 2, medium: 5, low: 9, unknown: 0 },
          excepted: ['CVE-2030-1'],
        },
      },
      {
        ...gate,
        name: 'phases',
        type: 'compliance',
        reason: 'score 97',
        facts: {
          score: 97,
          controls,
        },
        reports: [
          { name: 'compliance.json', mediaType: 'application/json', bytes: 2, sha256: phases, key: phases },
        ],
      },
    ],
  };
}
