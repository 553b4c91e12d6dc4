/** Opens if every probe of the operator's answers healthy: endpoints, a load balancer, a cluster, monitoring itself. */
import { z } from 'zod';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import { healthProviders } from '../health/index.ts';
import type { HealthProvider } from '../health/types.ts';
import { readSettings } from '../settings.ts';
import type { Gate, GateQuestion, GateType, GateVerdict } from './types.ts';

const name = z.string().min(1).max(63);

const options = z.strictObject({
  probes: z.array(name).min(1).max(50).optional().describe('Which of the probes. Default: all.'),
});

/** Told apart by `type`; what else stands there is that probe's own to check. */
const probe = z.looseObject({ type: z.string() }).superRefine(({ type, ...settings }, context) => {
  const found = healthProviders.find((one) => one.type === type);
  const checked = found?.settings.safeParse(settings);
  if (found === undefined) {
    const known = healthProviders.map((one) => one.type).join(', ');
    context.addIssue({ code: 'custom', message: `must have a type of ${known}` });
  } else if (checked?.success === false) {
    const said = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
    context.addIssue({ code: 'custom', message: said });
  }
});

const settings = z.strictObject({
  probes: z
    .record(name, probe)
    .refine((probes) => Object.keys(probes).length > 0, 'needs at least one probe')
    .describe(
      'Probes by name, each with a `type` (http, tcp, grpc) and the settings of a health instance of it.',
    ),
  timeoutMs: z.int().min(100).max(20_000).default(3_000).describe('Limit of one probe, milliseconds.'),
});

export const healthGate: GateType = {
  type: 'health',
  summary: 'Endpoints, databases, load balancers and monitoring that must answer as healthy.',
  options,
  settings,
  create: (given) => createHealth(readSettings('health', settings, given)),
};

function createHealth(known: z.output<typeof settings>): Gate {
  const made = new Map(Object.entries(known.probes).map(([each, config]) => [each, probeOf(config)]));
  return {
    async evaluate({ options: given, ...question }, signal) {
      const wanted = options.parse(given).probes ?? [...made.keys()];
      const unknown = wanted.filter((each) => !made.has(each));
      if (unknown.length > 0) {
        const reason = `there is no probe ${unknown.join(', ')}; this gate has ${[...made.keys()].join(', ')}`;
        return { answer: 'refuse', reason };
      }
      const look = (each: string) => lookAt(made.get(each), each, question, known.timeoutMs, signal);
      return verdictOf(await Promise.all(wanted.map(look)));
    },
    close: async () => void (await Promise.all([...made.values()].map((one) => one.close()))),
  };
}

function probeOf({ type, ...own }: z.output<typeof probe>): HealthProvider {
  const found = healthProviders.find((one) => one.type === type);
  if (found === undefined) throw new SluiceError('provider-config', `There is no probe of type ${type}.`);
  return found.create(found.settings.parse(own));
}

interface Seen {
  readonly probe: string;
  readonly healthy: boolean;
  readonly detail: string;
}

async function lookAt(
  provider: HealthProvider | undefined,
  probe: string,
  { service, environment, version }: Omit<GateQuestion, 'options'>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Seen> {
  try {
    const target = { service, environment, version, slot: 'blue' as const };
    const result = await provider?.probe(target, { timeoutMs, signal });
    return { probe, healthy: result?.healthy ?? false, detail: result?.detail ?? 'not asked' };
  } catch (error) {
    return { probe, healthy: false, detail: messageOf(error) };
  }
}

function verdictOf(seen: readonly Seen[]): GateVerdict {
  const sick = seen.filter(({ healthy }) => !healthy);
  const facts = { probes: seen };
  if (sick.length === 0) return { answer: 'open', reason: `${seen.length} of ${seen.length} healthy`, facts };
  const told = sick.map(({ probe, detail }) => `${probe}: ${detail}`).join('; ');
  return { answer: 'hold', reason: `not healthy: ${told}; mend it, or wait until it is`, facts };
}
