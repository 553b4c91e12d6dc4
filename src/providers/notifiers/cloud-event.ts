/**
 * Notices as CloudEvents 1.0. What CDEvents has a word for goes by that word too: a service deployed or rolled back.
 */
import type { Notice } from '../../domain/notify/types.ts';
import type { NotifierMessage } from './types.ts';

/** Context attributes of CloudEvents 1.0; extensions are lower case letters and digits only. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly severity?: string;
  readonly data: object;
}

const cdeventsVersion = '0.4.1';

/** One or two: Sluice's own, and that of CDEvents where there is one and it is wanted. */
export function cloudEventsOf(
  message: NotifierMessage,
  notice: Notice,
  cdevents: boolean,
): readonly CloudEvent[] {
  const { subject, link } = message;
  const common = {
    specversion: '1.0',
    source: `/sluice/${subject.target}`,
    time: new Date(notice.atMs).toISOString(),
    datacontenttype: 'application/json',
  } as const;
  const own: CloudEvent = {
    ...common,
    id: notice.key,
    type: `io.sluice.${notice.event}`,
    subject: `${subject.target}@${subject.version}`,
    severity: notice.severity,
    data: { ...notice, subject, link },
  };
  const type = cdevents ? cdeventsTypeOf(notice) : null;
  if (type === null) return [own];
  return [own, { ...common, ...cdEvent(message, notice, type) }];
}

/** After a rollback the service is back on what ran before. */
function cdeventsTypeOf({ event, progress }: Notice): string | null {
  if (event === 'rollout.promoted') {
    return progress.stableVersion === null
      ? 'dev.cdevents.service.deployed.0.2.0'
      : 'dev.cdevents.service.upgraded.0.2.0';
  }
  return event === 'rollback.restored' ? 'dev.cdevents.service.rolledback.0.2.0' : null;
}

function cdEvent({ subject }: NotifierMessage, notice: Notice, type: string) {
  const { progress } = notice;
  const version =
    notice.event === 'rollback.restored' ? (progress.stableVersion ?? 'unknown') : subject.version;
  const id = `${notice.key}/cdevents`;
  const source = `/sluice/${subject.target}`;
  return {
    id,
    type,
    subject: subject.service,
    data: {
      context: { version: cdeventsVersion, id, source, type, timestamp: new Date(notice.atMs).toISOString() },
      subject: {
        id: subject.service,
        source,
        type: 'service',
        content: {
          environment: { id: subject.environment, source },
          artifactId: artifactIdOf(subject, version),
        },
      },
    },
  };
}

/** A package URL, as CDEvents asks for. */
function artifactIdOf({ service, version, artifact }: NotifierMessage['subject'], deployed: string): string {
  const digest = deployed === version ? /@(sha256:[0-9a-f]{64})$/.exec(artifact.image ?? '')?.[1] : undefined;
  return digest === undefined
    ? `pkg:generic/${encodeURIComponent(service)}@${encodeURIComponent(deployed)}`
    : `pkg:oci/${encodeURIComponent(service)}@${encodeURIComponent(digest)}`;
}
