/** Settings as pairs of a name and a plain sentence. */
import type { Configuration, Readiness } from '../../../api/contract.ts';

interface Fact {
  readonly name: string;
  readonly value: string;
}

export function serviceFacts(configuration: Configuration, readiness: Readiness | null): readonly Fact[] {
  const { versions, temporal, evidence, notifiers, outgoing } = configuration;
  return [
    { name: 'Sluice', value: versions.sluice },
    { name: 'API', value: `${versions.api}, on Node ${versions.node}` },
    {
      name: 'Temporal',
      value: `${temporal.address}, namespace ${temporal.namespace}${seen(readiness?.temporal.ok)}`,
    },
    { name: 'Worker', value: readiness === null ? 'being asked' : readiness.worker.detail },
    { name: 'Evidence', value: evidence === null ? 'not kept' : evidenceText(evidence) },
    { name: 'Told to', value: notifiers.join(', ') || 'nobody' },
    {
      name: 'Hosts that gates and hooks may ask',
      value: outgoing === null ? 'any' : outgoing.join(', ') || 'none',
    },
  ];
}

export function accessFacts({ access, events }: Configuration): readonly Fact[] {
  const { needed, tokens, issuers, encrypted } = access;
  const how = [...(tokens ? ['API tokens'] : []), ...issuers];
  const encryption = { own: 'by the API itself', proxy: 'by a proxy in front of it' };
  const ways = [...(events.signed ? ['signed'] : []), ...(events.bearer ? ['with a bearer token'] : [])];
  return [
    {
      name: 'Who may use it',
      value: needed ? `whoever is known by ${how.join(', ')}` : 'whoever reaches it, on this machine',
    },
    { name: 'TLS', value: encrypted === null ? 'none, on loopback' : encryption[encrypted] },
    { name: 'Events from outside', value: ways.join(' or ') || 'refused: no secret is configured' },
  ];
}

function seen(ok: boolean | undefined): string {
  if (ok === undefined) return '';
  return ok ? ', answers' : ', does NOT answer';
}

function evidenceText({ store, signed, retentionDays }: NonNullable<Configuration['evidence']>): string {
  return `kept in ${store}, ${signed ? 'signed' : 'not signed'}, for ${retentionDays} days`;
}

/** Of lists that bind; null: all. */
export function bindingText(names: readonly string[] | null, what: string): string {
  return names === null ? `all ${what}` : names.join(', ');
}
