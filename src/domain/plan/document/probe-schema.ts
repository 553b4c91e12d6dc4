/** The fields of checks that ask the operator's own instances: probes of health and firing alerts. */
import { z } from 'zod';
import { bounds, defaults } from '../defaults.ts';
import { checkName, failAfter, maxConsecutiveErrors } from './check-schema.ts';
import { duration } from './duration-schema.ts';

const instance = z.string().max(bounds.textLength);
const onFail = z.enum(['rollback', 'hold']);

const common = {
  name: checkName.describe('Unique within its stage.'),
  timeout: duration(100, bounds.probeTimeoutMs)
    .prefault(defaults.probeTimeout)
    .describe('No answer for so long is a failed probe, or an error of a source of alerts.'),
  failAfter,
  maxConsecutiveErrors,
};

const labelName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;
const labelRule = 'must name labels: letters, digits and underscores, not beginning with a digit';
const labelValue = z
  .string()
  .min(1)
  .max(bounds.textLength)
  .describe('A label value, with {{service}}, {{environment}} or {{version}}.');

export const healthFields = {
  kind: z.literal('health').describe('What an operator named must be healthy.'),
  ...common,
  probe: instance.describe('A health instance of the operator.'),
  scope: z
    .enum(['canary', 'shared'])
    .optional()
    .describe(
      'canary: only the canary uses it. shared: both versions need it. Default: canary if the address of the probe names slot or version, else shared.',
    ),
  onFail: onFail.optional().describe('Default: rollback for the canary, hold for what is shared.'),
};

export const alertFields = {
  kind: z.literal('alert').describe('No matching alert may fire.'),
  ...common,
  source: instance.describe('An alerts instance of the operator.'),
  match: z
    .record(z.string(), z.union([labelValue, z.array(labelValue).min(1).max(20)]))
    .refine((match) => Object.keys(match).every((label) => labelName.test(label)), labelRule)
    .refine((match) => Object.keys(match).length > 0, 'needs at least one label, or any alert would do')
    .refine((match) => Object.keys(match).length <= 20, 'must have at most 20 labels')
    .describe('The labels that an alert must have; of a list of values any will do.'),
  onFail: onFail.default('rollback').describe('What a firing alert does.'),
};

/** The two kinds, for editors. */
export const probeCheck = z.discriminatedUnion('kind', [
  z.strictObject(healthFields),
  z.strictObject(alertFields),
]);
