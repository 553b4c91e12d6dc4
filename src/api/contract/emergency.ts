/** Requests and answers of the emergency stop, and what a rollback tells of its express lane. */
import { z } from 'zod';
import { actorSchema, nameSchema, reasonSchema, targetSchema, textSchema } from './text.ts';

/** What became of the stop that is written in the data plane directly, beside the command to the workflow. */
export const expressSchema = z
  .union([
    z.object({ written: z.literal(true), tookMs: z.number() }),
    z.object({ written: z.literal(false), problem: z.string() }),
  ])
  .meta({ id: 'Express', description: 'What became of the stop written in the data plane directly.' });
export type Express = z.infer<typeof expressSchema>;

const maxNamed = 1000;

export const emergencyScopeSchema = z.union([
  z.literal('all'),
  z
    .strictObject({
      environments: z.exactOptional(z.array(nameSchema).min(1).max(maxNamed)),
      targets: z.exactOptional(z.array(targetSchema).min(1).max(maxNamed)),
    })
    .refine(({ environments, targets }) => environments !== undefined || targets !== undefined, {
      message: 'must name environments or targets',
    }),
]);
export type EmergencyScope = z.infer<typeof emergencyScopeSchema>;

export const emergencyStopBodySchema = z
  .strictObject({
    scope: emergencyScopeSchema,
    /** Shorter than other reasons, because the rollouts are told with a word before it. */
    reason: textSchema(450),
    actor: actorSchema,
  })
  .meta({ id: 'EmergencyStop', description: 'What is to be stopped, why, and who asks.' });
export type EmergencyStopBody = z.infer<typeof emergencyStopBodySchema>;

export const emergencyAnswerSchema = z
  .object({
    /** `target` is `*` for everything behind the data plane `traffic`. */
    restored: z.array(z.object({ target: z.string(), traffic: z.string(), tookMs: z.number() })),
    /** `traffic` is null when it is not known where the target's traffic is steered. */
    notRestored: z.array(
      z.object({ target: z.string(), traffic: z.string().nullable(), problem: z.string() }),
    ),
    /** Rollouts whose workflow has been told to roll back. */
    told: z.number(),
    /** Those that could not be told, or not yet; what was stopped is found in the data plane by their watch. */
    notTold: z.array(z.object({ target: z.string(), problem: z.string() })),
    /** Why the running rollouts could not be listed; null: they could. */
    listProblem: z.string().nullable(),
  })
  .meta({ id: 'EmergencyAnswer' });
export type EmergencyAnswer = z.infer<typeof emergencyAnswerSchema>;

export const stopOfAllSchema = z
  .object({
    stops: z.array(
      z.object({
        traffic: z.string(),
        stopped: z.boolean().nullable().describe('Null: the data plane gave no answer.'),
      }),
    ),
    orders: z
      .array(
        z.object({
          actor: z.string(),
          reason: z.string(),
          atMs: z.number().describe('epoch milliseconds'),
          emergency: z
            .string()
            .nullable()
            .describe('The id of the emergency rollback that holds it; null: an emergency stop.'),
        }),
      )
      .describe(
        'Who stopped everything, as far as is known: of emergency stops only the latest that this API was told since it began, which another API may have released before the one in force.',
      ),
  })
  .meta({ id: 'StopOfAll', description: 'Whether everything is stopped, of each data plane.' });
export type StopOfAll = z.infer<typeof stopOfAllSchema>;

export const releaseBodySchema = z
  .strictObject({ actor: z.exactOptional(actorSchema), reason: z.exactOptional(reasonSchema) })
  .meta({ id: 'EmergencyRelease' });
export type ReleaseBody = z.infer<typeof releaseBodySchema>;

export const releaseAnswerSchema = z
  .object({
    released: z.array(z.string()),
    notReleased: z.array(z.object({ traffic: z.string(), problem: z.string() })),
    notStopped: z.exactOptional(
      z
        .array(z.string())
        .describe(
          'Of those released, where no stop of everything was in force before. Absent: none is known.',
        ),
    ),
  })
  .meta({ id: 'EmergencyReleased', description: 'Names of data planes.' });
export type ReleaseAnswer = z.infer<typeof releaseAnswerSchema>;
