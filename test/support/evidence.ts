/** Bundles for tests, made of the recorded histories, as the keeper makes them of Temporal's. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import type { Archive } from '../../src/evidence/archive.ts';
import { collect } from '../../src/evidence/collect.ts';
import type { RolloutRecord } from '../../src/evidence/content.ts';
import { readFingerprint, readSigner } from '../../src/evidence/keys.ts';
import { createMemoryStore } from '../../src/providers/evidence/memory.ts';
import type { EvidenceStore } from '../../src/providers/evidence/types.ts';

const histories = join(import.meta.dirname, '../replay/histories');

export const testVersions = { sluice: 'test' };

/** A rollout as Temporal would tell of it, from a recording of the replay tests. */
export function recordedRollout(recording: string, changes: Partial<RolloutRecord> = {}): RolloutRecord {
  const history = historyFromJSON(JSON.parse(readFileSync(join(histories, `${recording}.json`), 'utf8')));
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const [, environment = '', service = ''] = (started?.workflowId ?? '').split('/');
  const runId = started?.firstExecutionRunId ?? '';
  return {
    environment,
    service,
    workflowId: started?.workflowId ?? '',
    runId,
    temporalStatus: 'COMPLETED',
    runs: [{ runId, history }],
    ...changes,
  };
}

export function testArchive(
  changes: Partial<Archive> = {},
  store: EvidenceStore = createMemoryStore(),
): Archive {
  return {
    store,
    retentionDays: 90,
    signer: async () => null,
    trusted: async () => new Set(),
    ...changes,
  };
}

interface TestKey {
  readonly privatePem: string;
  readonly publicPem: string;
}

export function testKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

/** Signs with the first of the keys, and trusts all of them. They are named by reference, as an operator names them. */
export function signingArchive(keys: readonly [TestKey, ...TestKey[]], store?: EvidenceStore): Archive {
  const [own, ...others] = keys.map(({ privatePem }, index) => {
    const env = `SLUICE_TEST_EVIDENCE_KEY_${index}`;
    return { source: { env }, pem: privatePem };
  });
  const read = async <T>(one: typeof own, work: (source: { env: string }) => Promise<T>): Promise<T> => {
    if (one === undefined) throw new Error('no key');
    process.env[one.source.env] = one.pem;
    try {
      return await work(one.source);
    } finally {
      delete process.env[one.source.env];
    }
  };
  return testArchive(
    {
      signer: () => read(own, readSigner),
      trusted: async () => {
        const ids = new Set<string>();
        for (const one of [own, ...others]) ids.add(await read(one, readFingerprint));
        return ids;
      },
    },
    store,
  );
}

/** Collects the rollouts in order, at made-up times. */
export async function collectAll(archive: Archive, rollouts: readonly RolloutRecord[]): Promise<void> {
  for (const rollout of rollouts)
    await collect(archive, rollout, { versions: testVersions, nowMs: () => Date.UTC(2030, 0, 1) });
}
