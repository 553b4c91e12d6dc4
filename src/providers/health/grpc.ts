/** Probes by the gRPC health checking protocol: `grpc.health.v1.Health/Check`. */
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { readSettings } from '../settings.ts';
import { addressFor, addressSetting, isHostPort, reachesArm } from './address.ts';
import { checkedTarget } from './checked-resolver.ts';
import { decodeResponse, encodeRequest, type ServingStatus } from './grpc-message.ts';
import type { HealthProvider, HealthProviderType, ProbeOptions } from './types.ts';

const settings = z.strictObject({
  address: addressSetting(isHostPort, 'must be host:port').describe(
    'host:port, one for both slots or one for each, with {{slot}}, {{version}}, {{service}}, {{environment}}.',
  ),
  service: z
    .string()
    .max(127)
    .default('')
    .describe('The service to ask after. Default: the server as a whole.'),
  tls: z.boolean().default(false).describe('Whether to connect with TLS, trusting the usual roots.'),
});
type GrpcSettings = z.infer<typeof settings>;

export const grpc: HealthProviderType = {
  type: 'grpc',
  summary: 'Healthy when grpc.health.v1.Health/Check answers SERVING.',
  options: z.strictObject({}),
  settings,
  reachesArm: (given) => reachesArm(readSettings('grpc', settings, given).address),
  create: (given) => createGrpc(readSettings('grpc', settings, given)),
};

function createGrpc({ address, service, tls }: GrpcSettings): HealthProvider {
  return {
    async probe(target, options) {
      options.signal?.throwIfAborted();
      const place = addressFor(address, target);
      // A channel of its own: a shared one would remember failures and wait before it tries again.
      const client = new Client(
        checkedTarget(place),
        tls ? credentials.createSsl() : credentials.createInsecure(),
        // A proxy would look the name up once more.
        { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_http_proxy': 0 },
      );
      const startedMs = performance.now();
      try {
        const answer = await ask(client, service, options);
        const took = Math.round(performance.now() - startedMs);
        return { healthy: answer === 'SERVING', detail: `${place} answered ${answer} in ${took} ms` };
      } catch (error) {
        options.signal?.throwIfAborted();
        return notServing(place, error);
      } finally {
        client.close();
      }
    },
    async close() {},
  };
}

function ask(client: Client, service: string, { timeoutMs, signal }: ProbeOptions): Promise<ServingStatus> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      '/grpc.health.v1.Health/Check',
      encodeRequest,
      decodeResponse,
      service,
      { deadline: Date.now() + timeoutMs },
      (error, answer) => {
        if (error) reject(error);
        else resolve(answer ?? 'UNKNOWN');
      },
    );
    signal?.addEventListener('abort', () => call.cancel(), { once: true });
  });
}

/** Nobody there, or too slow: not healthy. Whoever does not know the question has not answered it. */
const silent: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.RESOURCE_EXHAUSTED,
  status.UNKNOWN,
  status.INTERNAL,
];

function notServing(place: string, error: unknown): { healthy: false; detail: string } {
  const { code = status.UNKNOWN, details = String(error) } = error as Partial<ServiceError>;
  const detail = `${place}: ${status[code] ?? code}: ${details}`;
  if (silent.includes(code)) return { healthy: false, detail };
  throw new SluiceError('health-probe', `The gRPC health probe of ${detail}.`);
}
