/** The fields of a plan and its stages as people write them: bounds, defaults and descriptions. */
import { z } from 'zod';
import { isLegible, legibleRule } from '../../legible.ts';
import { bounds, countsDefaults, defaults } from '../defaults.ts';
import { namePattern, nameRule } from '../names.ts';
import { dayMs, duration, hourMs, secondMs } from './duration-schema.ts';
import { eventsField } from './events.ts';
import { artifactField } from './gates.ts';
import { notifyField } from './notify.ts';
import { rollbackField } from './rollback-schema.ts';
import { webhooksField } from './webhooks.ts';

/** A soak that may end early. */
export const soakRange = {
  min: duration(secondMs, 7 * dayMs).describe('Ends early after this, once more soaking would tell nothing.'),
  max: duration(secondMs, 7 * dayMs).describe('Watched time that the stage must survive otherwise.'),
};

const slug = z.string().regex(namePattern, nameRule);
// Names go to terminals, where control characters are commands.
const printable = z.string().refine(isLegible, legibleRule);
// No `multipleOf`: editors compute it in floating point and would refuse 33.3.
const percent = z
  .number()
  .min(0)
  .max(100)
  .refine((weight) => Number(weight.toFixed(2)) === weight, 'must have at most two decimals');

/** Nearer to 1, floating point would make nonsense of the difference. */
const version = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/,
    'must be 1 to 128 letters, digits, dots, underscores, pluses and dashes, beginning with a letter or digit',
  );
const confidence = z.number().min(0.5).max(0.999999);

const onFailure = z.enum(['rollback', 'freeze']);

export const stageFields = {
  name: printable.min(1).max(bounds.textLength).optional().describe('Shown to people. Default: the share.'),
  weight: percent.optional().describe('Share of ordinary requests that the canary gets, percent.'),
  match: z
    .strictObject({
      header: z
        .string()
        .regex(
          /^[A-Za-z][A-Za-z0-9-]{0,99}$/,
          'must be 1 to 100 letters, digits and dashes, beginning with a letter',
        )
        .describe('Name of a request header.'),
      value: z
        .string()
        .regex(/^[A-Za-z0-9._~:-]{1,100}$/, 'must be 1 to 100 letters, digits and . _ ~ : -')
        .describe('Its exact value.'),
    })
    .optional()
    .describe('Requests with this header go to the canary, whatever its share.'),
  soak: duration(0, 7 * dayMs)
    .prefault(defaults.soak)
    .describe('Watched time that the stage must survive after its warm-up.'),
  warmUp: duration(0, dayMs)
    .prefault(defaults.warmUp)
    .describe('Time after the shift in which nothing is judged.'),
  approval: z.boolean().default(false).describe('Whether a person must approve after the soak.'),
  notAuthor: z.boolean().optional().describe('Whoever starts the rollout cannot give that approval.'),
  onFailure: onFailure
    .optional()
    .describe("What a failure of this stage leads to by itself. Default: the plan's onFailure."),
  irreversible: z
    .boolean()
    .optional()
    .describe('Going back from here does harm: from here on a failure freezes the rollout and pages people.'),
  timeout: duration(secondMs, 30 * dayMs)
    .optional()
    .describe(
      'Hard limit of the stage, pauses included; striking it rolls back. Default: only maxDuration binds.',
    ),
};

/** Fields of the plan that stand for themselves; providers, checks, templates and stages are read apart. */
export const planFields = {
  $schema: z.string().optional().describe('For editors; without meaning to Sluice.'),
  service: slug.describe('Name of the service.'),
  environment: slug.describe('Name of the environment; with the service it names the target.'),
  version: version.describe('The version to roll out.'),
  owner: printable.min(1).max(100).optional().describe('Team or person whose service it is.'),
  dependsOn: z
    .array(
      z.strictObject({
        service: slug.describe('Another service.'),
        environment: slug.optional().describe("Default: the plan's own."),
        version: version.optional().describe('What must have been rolled out there last.'),
        idle: z.boolean().default(true).describe('Whether no rollout of it may be under way.'),
      }),
    )
    .max(20)
    .optional()
    .describe('Other services, and how they must be when this rollout is started.'),
  artifact: artifactField,
  analysis: z
    .strictObject({
      interval: duration(secondMs, hourMs)
        .prefault(defaults.interval)
        .describe('Time between two looks at the checks.'),
      window: duration(secondMs, dayMs)
        .prefault(defaults.window)
        .describe('How far back each look measures.'),
      onInconclusive: z
        .enum(['hold', 'rollback'])
        .default(defaults.onInconclusive)
        .describe('What to do when an extended soak still lacks conclusive passes.'),
      confidence: confidence
        .default(countsDefaults.confidence)
        .describe(
          'Chance that a good canary is not rolled back by checks that count, over the whole rollout.',
        ),
      baseline: version
        .optional()
        .describe(
          'Version label of a fresh copy of stable, of the size and with the users of the canary, to compare with instead of stable.',
        ),
    })
    .prefault({})
    .describe('How the canary is judged.'),
  rollback: rollbackField,
  lease: z
    .strictObject({
      ttl: duration(3 * secondMs, hourMs)
        .prefault(defaults.leaseTtl)
        .describe('How long the canary may take traffic without renewal.'),
      orphanGrace: duration(0, hourMs)
        .optional()
        .describe('How long the lease is renewed without an answer from Temporal. Default: ttl.'),
    })
    .prefault({})
    .describe('Permission for the canary to take traffic.'),
  maxDuration: duration(secondMs, 90 * dayMs)
    .optional()
    .describe(
      'Hard limit from start to promotion, pauses included. Default: twice the planned time plus 1h.',
    ),
  onFailure: onFailure
    .optional()
    .describe(
      'What a failure leads to by itself; freeze keeps the share and asks a person. Default: rollback.',
    ),
  onConflict: z
    .enum(['reject', 'supersede'])
    .default(defaults.onConflict)
    .describe('What to do when a rollout of the target is running.'),
  drift: z
    .enum(['hold', 'rollback'])
    .default(defaults.drift)
    .describe(
      'What to do when the data plane does not stay as it was set, after it was put right three times.',
    ),
  events: eventsField,
  webhooks: webhooksField,
  notify: notifyField,
  watchAfter: duration(0, 7 * dayMs)
    .prefault(defaults.watchAfter)
    .describe('How long the old version stays warm after promotion.'),
};
