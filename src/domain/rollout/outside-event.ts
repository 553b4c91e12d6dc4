/** An event from outside, such as a security finding: what it asks for, and whether this rollout heeds it. */
import { legibleInStory } from '../legible.ts';
import {
  defaultEventPolicy,
  type EventAction,
  type EventPolicy,
  type EventType,
  eventTypes,
  type Severity,
  severities,
} from '../plan/event-policy.ts';

/** The name of the update and of the signal that bring an event. */
export const eventMessage = 'event';

export interface OutsideEvent {
  /** The sender's; an event that comes twice acts once. */
  readonly id: string;
  readonly type: EventType;
  readonly severity: Severity;
  readonly title: string;
  /** Who sends it, as it says itself. */
  readonly source: string;
  /** The version that it is about; null: whatever is rolled out. */
  readonly version: string | null;
  /** When it happened or was signed, epoch milliseconds. */
  readonly atMs: number;
}

export interface Heeded {
  readonly action: EventAction;
  /** Why the event does less than its type asks for; null: it does what it asks for. */
  readonly why: string | null;
}

/** Clocks of senders may be late by so much without their events seeming to be older than the rollout. */
const skewMs = 30_000;

/**
 * Pure, so that the API can know what the workflow will do. `policy` is undefined in plans of before there were events.
 */
export function heeded(
  event: Pick<OutsideEvent, 'type' | 'severity' | 'version' | 'atMs'>,
  policy: EventPolicy | undefined,
  rollout: { readonly version: string | null; readonly startedAtMs: number },
): Heeded {
  const action = (policy ?? defaultEventPolicy)[event.type][event.severity];
  if (action === 'note') return { action, why: null };
  if (event.version !== null && event.version !== rollout.version) {
    return { action: 'note', why: `it is about version ${event.version}` };
  }
  // A delivery that is sent again later must not turn the next rollout round.
  if (event.atMs < rollout.startedAtMs - skewMs) {
    return { action: 'note', why: 'it is from before this rollout began' };
  }
  return { action, why: null };
}

type EventReading =
  | { readonly ok: true; readonly event: OutsideEvent }
  | { readonly ok: false; readonly message: string };

const longest = { id: 128, title: 200, source: 100, version: 128 } as const;

/** Reads an event as it came over the wire, without a library: it runs inside the workflow, and anybody may signal. */
export function readOutsideEvent(input: unknown): EventReading {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return {
      ok: false,
      message: 'the event must be an object such as {"id":"…","type":"security","title":"…"}',
    };
  }
  const fields = new Map<string, unknown>(Object.entries(input));
  const text = (key: keyof typeof longest) => {
    const value = fields.get(key);
    return typeof value === 'string' && value !== '' && value.length <= longest[key] ? value : null;
  };
  const [id, title] = [text('id'), text('title')];
  const type = eventTypes.find((one) => one === fields.get('type'));
  const severity = severities.find((one) => one === (fields.get('severity') ?? 'critical'));
  if (id === null || title === null) return { ok: false, message: 'the event needs an id and a title' };
  if (type === undefined) return { ok: false, message: `the event needs a type: ${eventTypes.join(', ')}` };
  if (severity === undefined) return { ok: false, message: `severity is one of ${severities.join(', ')}` };
  const atMs = fields.get('atMs');
  return {
    ok: true,
    event: {
      id,
      type,
      severity,
      title: legibleInStory(title),
      source: legibleInStory(text('source') ?? 'unknown'),
      version: text('version'),
      atMs: typeof atMs === 'number' && Number.isFinite(atMs) ? atMs : Number.MAX_SAFE_INTEGER,
    },
  };
}
