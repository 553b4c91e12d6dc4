/** A notice as a message of syslog (RFC 5424) with structured data, framed by counting octets (RFC 5425). */
import { asLine } from '../../domain/legible.ts';
import type { Notice, Severity, Subject } from '../../domain/notify/types.ts';

import { sentenceOf } from '../../domain/notify/words.ts';

interface SyslogPlace {
  readonly hostname: string;
  readonly facility: number;
  /** Private enterprise number of whoever defines the structured data. */
  readonly enterprise: number;
}

const levels: Readonly<Record<Severity, number>> = { critical: 2, warning: 4, info: 6 };
const longestParameter = 1_000;
const longestText = 4_000;

export function syslogMessage(subject: Subject, notice: Notice, place: SyslogPlace): string {
  const { event, severity, atMs, key, actor, progress } = notice;
  const priority = place.facility * 8 + levels[severity];
  const parameters = {
    key,
    event,
    severity,
    target: subject.target,
    environment: subject.environment,
    service: subject.service,
    version: subject.version,
    run: subject.runId,
    author: subject.author,
    phase: progress.phase,
    share: String(progress.askedPercent),
    ...(progress.outcome === null ? {} : { outcome: progress.outcome }),
    ...(actor === null ? {} : { actor }),
  };
  const data = Object.entries(parameters).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const head = [
    `<${priority}>1`,
    new Date(atMs).toISOString(),
    word(place.hostname, 255),
    'sluice',
    '-',
    word(event, 32),
  ];
  const body = asLine(`${subject.target} ${subject.version}: ${sentenceOf(notice)}`).slice(0, longestText);
  // The byte order mark says that the text is UTF-8.
  return `${head.join(' ')} [sluice@${place.enterprise}${data.join('')}] \ufeff${body}`;
}

/** The length counts octets, not characters. */
export function framed(message: string): Buffer {
  const octets = Buffer.from(message, 'utf8');
  return Buffer.concat([Buffer.from(`${octets.length} `), octets]);
}

function escaped(value: string): string {
  return asLine(value.slice(0, longestParameter)).replaceAll(/["\\\]]/g, '\\$&');
}

/** Printable ASCII without blanks; the sign for nothing is a dash. */
function word(text: string, most: number): string {
  const plain = text.replaceAll(/[^\x21-\x7e]/g, '').slice(0, most);
  return plain === '' ? '-' : plain;
}
