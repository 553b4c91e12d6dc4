/** Addresses of probes: one for all, one for each slot, or a template that the canary's own facts are filled into. */
import { z } from 'zod';
import { fillTemplate, placeholdersIn } from '../../domain/analysis/template.ts';
import type { ProbeTarget } from './types.ts';

const names = ['slot', 'version', 'service', 'environment'] as const satisfies readonly (keyof ProbeTarget)[];
/** A probe with one of these in its address reaches one arm only. */
const armNames: readonly string[] = ['slot', 'version'];

/** A template whose filled-in form `fits`; a sample is tried when the configuration is read. */
function template(fits: (filled: string) => boolean, rule: string) {
  return z
    .string()
    .max(500)
    .refine(
      (text) => placeholdersIn(text).every(isKnown),
      `may name only ${names.map((name) => `{{${name}}}`).join(', ')}`,
    )
    .refine((text) => !placeholdersIn(text).every(isKnown) || fits(fill(text, sample)), rule);
}

export function addressSetting(fits: (filled: string) => boolean, rule: string) {
  const one = template(fits, rule);
  return z.union([one, z.strictObject({ blue: one, green: one })]);
}
export type AddressSetting = string | { readonly blue: string; readonly green: string };

const sample: ProbeTarget = { service: 's', environment: 'e', version: 'v1', slot: 'blue' };

/** host:port, the host a name, an IPv4 address or an IPv6 address in brackets. */
export const hostPort = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;

export function isHostPort(text: string): boolean {
  const port = Number(hostPort.exec(text)?.[3] ?? 0);
  return port >= 1 && port <= 65_535;
}

/**
 * The address for this canary. The values come from a parsed plan, whose alphabets cannot leave their place in a URL.
 */
export function addressFor(setting: AddressSetting, target: ProbeTarget): string {
  return fill(typeof setting === 'string' ? setting : setting[target.slot], target);
}

export function reachesArm(setting: AddressSetting): boolean {
  return typeof setting !== 'string' || placeholdersIn(setting).some((name) => armNames.includes(name));
}

function fill(text: string, { service, environment, version, slot }: ProbeTarget): string {
  return fillTemplate(text, { service, environment, version, slot });
}

function isKnown(name: string): boolean {
  return (names as readonly string[]).includes(name);
}
