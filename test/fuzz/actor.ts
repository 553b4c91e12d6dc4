/**
 * The OpenAPI document for whoever is verified: they act by their own name, whatever a body says of it, so that a body
 * in which the actor alone is malformed is none. Of what is left everything that is malformed must be refused.
 */
import { z } from 'zod';

const schemaSchema = z.looseObject({
  $ref: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
type Schema = z.infer<typeof schemaSchema>;
const mediaSchema = z.looseObject({
  schema: schemaSchema,
  example: z.record(z.string(), z.unknown()).optional(),
});
const operationSchema = z.looseObject({
  operationId: z.string(),
  requestBody: z.looseObject({ content: z.record(z.string(), mediaSchema) }).optional(),
});
export const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({ schemas: z.record(z.string(), schemaSchema) }),
});
export type ApiDocument = z.infer<typeof documentSchema>;

/** The actor is not who sends it, but who may follow the link. */
const ofAnother = 'makeApprovalLink';

export function withoutActor(document: ApiDocument): ApiDocument {
  const { schemas } = document.components;
  const copy = structuredClone(document);
  const operations = Object.values(copy.paths).flatMap((methods) => Object.values(methods));
  for (const { operationId, requestBody } of operations) {
    if (operationId === ofAnother) continue;
    for (const media of Object.values(requestBody?.content ?? {})) {
      const named = schemas[media.schema.$ref?.replace('#/components/schemas/', '') ?? ''];
      media.schema = pruned(named ?? media.schema);
      delete media.example?.actor;
    }
  }
  return copy;
}

function pruned(schema: Schema): Schema {
  const { properties = {}, required = [] } = schema;
  if (!('actor' in properties)) return schema;
  const { actor, ...others } = properties;
  return { ...schema, properties: others, required: required.filter((name) => name !== 'actor') };
}
