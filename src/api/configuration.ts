/** Says what the operator has set, field by field, so that nothing is shown that is not named here. */
import process from 'node:process';
import { z } from 'zod';
import { messageOf } from '../domain/errors.ts';
import type { Policy, PolicySet } from '../domain/policy/types.ts';
import { sluiceVersion } from '../evidence/versions.ts';
import type { SluiceConfig } from '../providers/config.ts';
import type { PolicyBook } from '../providers/policies.ts';
import { isConfigured } from './access/authenticator.ts';
import type { Configuration, FreezeSummary, PolicySummary } from './contract.ts';

type Shown = Pick<
  SluiceConfig,
  'temporal' | 'api' | 'auth' | 'events' | 'outgoing' | 'evidence' | 'gates' | 'notifiers'
>;

/** Policies are read anew for each question, as they are for each start. */
export function configurationOf(config: Shown, policies: PolicyBook): () => Promise<Configuration> {
  const { temporal, api, auth, events, outgoing, evidence } = config;
  return async () => ({
    versions: { sluice: await sluiceVersion(), node: process.versions.node, api: 'v1' },
    temporal: { address: temporal.address, namespace: temporal.namespace },
    access: {
      needed: isConfigured(auth),
      tokens: auth.tokens !== undefined,
      issuers: auth.oidc.map(({ issuer }) => issuer),
      encrypted: api.tls === null ? null : api.tls === 'proxy' ? 'proxy' : 'own',
    },
    policies: await policiesOf(policies),
    freezes: freezesOf(config),
    evidence: evidence && {
      store: evidence.store.type,
      signed: evidence.signingKey !== null,
      retentionDays: evidence.retentionDays,
    },
    events: { signed: events.secrets.length > 0, bearer: events.tokens.length > 0 },
    notifiers: Object.keys(config.notifiers),
    outgoing: outgoing.allow && [...outgoing.allow],
  });
}

/** Policies that cannot be read are told as such: it is when people look here. */
async function policiesOf(policies: PolicyBook): Promise<Configuration['policies']> {
  try {
    const { policies: all, sha256 }: PolicySet = await policies.read();
    return { sha256: sha256 || null, problem: null, list: all.map(summaryOf) };
  } catch (error) {
    return { sha256: null, problem: messageOf(error), list: [] };
  }
}

function summaryOf({ name, reason, level, environments, services, require, mandate }: Policy): PolicySummary {
  return {
    name,
    reason,
    level,
    environments: environments && [...environments],
    services: services && [...services],
    require: { ...require },
    gates: mandate.gates.map((gate) => gate.name),
    guards: mandate.guards.map((guard) => guard.name),
  };
}

const names = z.array(z.string()).nullable().default(null);
const freezesSchema = z.object({
  freezes: z
    .array(
      z.object({
        name: z.string(),
        from: z.string(),
        to: z.string(),
        environments: names,
        services: names,
        teams: names,
      }),
    )
    .default([]),
});

/** Of gates whose settings have freezes, whatever they are called. */
function freezesOf({ gates }: Shown): FreezeSummary[] {
  return Object.entries(gates).flatMap(([gate, { type, settings }]) => {
    const read = type === 'window' ? freezesSchema.safeParse(settings) : null;
    return read?.success ? read.data.freezes.map((freeze) => ({ gate, ...freeze })) : [];
  });
}
