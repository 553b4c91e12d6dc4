/** The JSON Schema of a plan, for editors: completion, descriptions, and refusal of unknown keys while typing. */
import { z } from 'zod';
import { presetNames } from '../analysis/presets.ts';
import { maxGates } from '../gates/types.ts';
import { bounds } from './defaults.ts';
import { customCheck, presetFields } from './document/check-schema.ts';
import { countsCheck } from './document/counts-schema.ts';
import { furtherCheck } from './document/further-schema.ts';
import { gateFields, guardFields } from './document/gates.ts';
import { probeCheck } from './document/probe-schema.ts';
import type { PlanCatalogue, ProviderRole } from './document/providers.ts';
import { planFields, soakRange, stageFields } from './document/schema.ts';

type JsonSchema = Record<string, unknown>;

/** The schema for one catalogue: names and options of exactly those provider instances are allowed. */
export function planJsonSchema(catalogue: PlanCatalogue): JsonSchema {
  const plan = jsonSchemaOf(z.strictObject(planFields));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Sluice plan',
    description: 'What is rolled out where, in which stages, and how it is judged.',
    type: 'object',
    properties: {
      ...propertiesOf(plan),
      rollback: withVerifyChecks(propertiesOf(plan).rollback as JsonSchema),
      traffic: provider('traffic', 'The data plane, and what the plan sets for it.', catalogue),
      metrics: provider('metrics', 'Where checks get their numbers.', catalogue),
      workload: provider('workload', 'What runs the versions. Default: external.', catalogue),
      checks: { ...refTo('checks'), description: 'Checks of every stage that names none of its own.' },
      templates: {
        type: 'object',
        maxProperties: bounds.templates,
        additionalProperties: { $ref: '#/definitions/definition' },
        description: 'Checks by name, for use in checks.',
      },
      gates: { ...refTo('gates'), description: 'What must be open before anything is touched.' },
      guards: {
        type: 'array',
        maxItems: maxGates,
        items: gate(catalogue, guardFields),
        description: 'Gates that must stay open while the canary takes traffic.',
      },
      stages: {
        type: 'array',
        minItems: 1,
        maxItems: bounds.stages,
        items: refTo('stage'),
        description: 'Steps of the rollout, in order. After the last one, all users get the new version.',
      },
    },
    required: ['service', 'environment', 'version', 'traffic', 'metrics', 'stages'],
    additionalProperties: false,
    definitions: { gates: gates(catalogue), stage: stage(), checks: checks(), definition: definition() },
  };
}

/** The JSON Schema of what a person may write, without the `$schema` line. */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
  });
  return rest;
}

function provider(role: ProviderRole, description: string, catalogue: PlanCatalogue): JsonSchema {
  const instances = Object.entries(catalogue[role]);
  const withOptions = instances.map(([name, { options }]) => {
    const schema = jsonSchemaOf(options);
    return {
      ...schema,
      properties: { provider: { const: name }, ...propertiesOf(schema) },
      required: ['provider', ...requiredOf(schema)],
    };
  });
  return { description, anyOf: [{ enum: instances.map(([name]) => name) }, ...withOptions] };
}

function gates(catalogue: PlanCatalogue): JsonSchema {
  return { type: 'array', maxItems: maxGates, items: gate(catalogue, gateFields) };
}

function gate(catalogue: PlanCatalogue, fields: z.ZodRawShape): JsonSchema {
  const own = propertiesOf(jsonSchemaOf(z.strictObject(fields)));
  const instances = Object.entries(catalogue.gates ?? {});
  const withOptions = instances.map(([name, { options }]) => {
    const schema = jsonSchemaOf(options);
    return {
      ...schema,
      properties: { gate: { const: name }, ...own, ...propertiesOf(schema) },
      required: ['gate', ...requiredOf(schema)],
    };
  });
  return { anyOf: [{ enum: instances.map(([name]) => name) }, ...withOptions] };
}

function stage(): JsonSchema {
  const schema = jsonSchemaOf(z.strictObject(stageFields));
  return {
    ...schema,
    properties: {
      ...propertiesOf(schema),
      soak: soak(schema),
      checks: refTo('checks'),
      gates: refTo('gates'),
    },
    anyOf: [{ required: ['weight'] }, { required: ['match'] }],
  };
}

/** The checks of the verification are read as those of a stage. */
function withVerifyChecks(rollback: JsonSchema): JsonSchema {
  const fields = propertiesOf(rollback);
  const verify = fields.verify as JsonSchema;
  const judged = { ...verify, properties: { ...propertiesOf(verify), checks: refTo('checks') } };
  return { ...rollback, properties: { ...fields, verify: judged } };
}

function soak(stageSchema: JsonSchema): JsonSchema {
  const { description, ...fixed } = propertiesOf(stageSchema).soak as JsonSchema;
  return { description, anyOf: [fixed, jsonSchemaOf(z.strictObject(soakRange))] };
}

function checks(): JsonSchema {
  const name = { type: 'string', description: 'A template of this plan.' };
  const items = { anyOf: [{ enum: [...presetNames] }, name, refTo('definition')] };
  return { type: 'array', minItems: 1, maxItems: bounds.checks, items };
}

function definition(): JsonSchema {
  return {
    anyOf: [
      jsonSchemaOf(z.strictObject(presetFields)),
      jsonSchemaOf(customCheck),
      jsonSchemaOf(countsCheck),
      jsonSchemaOf(furtherCheck),
      jsonSchemaOf(probeCheck),
    ],
  };
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/definitions/${name}` };
}

function propertiesOf(schema: JsonSchema): JsonSchema {
  return (schema.properties ?? {}) as JsonSchema;
}

function requiredOf(schema: JsonSchema): readonly string[] {
  return (schema.required ?? []) as readonly string[];
}
