/** Probes by connecting: for databases and whatever else speaks TCP. Nothing is sent. */
import { connect } from 'node:net';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import { within } from '../limit.ts';
import { guardedLookup, refusedAddress } from '../own-cloud.ts';
import { readSettings } from '../settings.ts';
import {
  type AddressSetting,
  addressFor,
  addressSetting,
  hostPort,
  isHostPort,
  reachesArm,
} from './address.ts';
import type { HealthProvider, HealthProviderType, ProbeResult } from './types.ts';

const settings = z.strictObject({
  address: addressSetting(isHostPort, 'must be host:port').describe(
    'host:port, one for both slots or one for each, with {{slot}}, {{version}}, {{service}}, {{environment}}.',
  ),
});

export const tcp: HealthProviderType = {
  type: 'tcp',
  summary: 'Healthy when a TCP connection is accepted.',
  options: z.strictObject({}),
  settings,
  reachesArm: (given) => reachesArm(readSettings('tcp', settings, given).address),
  create: (given) => createTcp(readSettings('tcp', settings, given).address),
};

function createTcp(setting: AddressSetting): HealthProvider {
  return {
    async probe(target, { timeoutMs, signal }) {
      const address = addressFor(setting, target);
      try {
        return await within(timeoutMs, (limit) => tryConnecting(address, limit), signal);
      } catch (error) {
        signal?.throwIfAborted();
        return { healthy: false, detail: `${address}: ${messageOf(error)}` };
      }
    },
    async close() {},
  };
}

function tryConnecting(address: string, signal: AbortSignal): Promise<ProbeResult> {
  const [, v6, name, port] = hostPort.exec(address) ?? [];
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const refusal = refusedAddress(v6 ?? name ?? '');
    if (refusal !== null) return resolve({ healthy: false, detail: refusal });
    const socket = connect({ host: v6 ?? name ?? '', port: Number(port), lookup: guardedLookup });
    const end = (result: ProbeResult) => {
      socket.destroy();
      resolve(result);
    };
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket.once('connect', () =>
      end({
        healthy: true,
        detail: `${address} connected in ${Math.round(performance.now() - startedMs)} ms`,
      }),
    );
    socket.once('error', (error) => end({ healthy: false, detail: `${address}: ${messageOf(error)}` }));
  });
}
