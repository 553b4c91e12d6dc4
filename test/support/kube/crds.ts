/** Puts resource definitions into a test cluster and awaits that it serves them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { waitFor } from '../wait-for.ts';
import type { Rest } from './rest.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const definition = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ plural: z.string() }),
    versions: z.array(z.object({ name: z.string(), served: z.boolean() })),
  }),
});

/** @param folders each holds a JSON file per definition */
export async function applyCrds(rest: Rest, folders: readonly string[]): Promise<void> {
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  const texts = files.map((file): unknown => JSON.parse(readFileSync(file, 'utf8')));
  await Promise.all(
    texts.map(async (body) => {
      const { status, body: answer } = await rest('POST', DEFINITIONS, body);
      if (status !== 201) throw new Error(`a definition was refused: ${JSON.stringify(answer)}`);
    }),
  );
  const specs = texts.map((text) => definition.parse(text).spec);
  await Promise.all(specs.map((spec) => served(rest, spec)));
  const groups = new Set(specs.map(({ group }) => group));
  await waitFor('the groups to be told of', async () => {
    const { body } = await rest('GET', '/apis');
    const told = new Set(apis.parse(body).groups.map(({ name }) => name));
    return [...groups].every((group) => told.has(group));
  });
}

const apis = z.object({ groups: z.array(z.object({ name: z.string() })) });
const resources = z.object({ resources: z.array(z.object({ name: z.string() })) });

/** The definitions themselves would tell as well, but they are megabytes. */
async function served(rest: Rest, spec: z.infer<typeof definition>['spec']): Promise<void> {
  const { plural } = spec.names;
  for (const { name } of spec.versions.filter((version) => version.served)) {
    const path = `/apis/${spec.group}/${name}`;
    await waitFor(`${plural} in ${path}`, async () => {
      const { body } = await rest('GET', path);
      const told = resources.parse(body).resources.some((resource) => resource.name === plural);
      return told && (await rest('GET', `${path}/${plural}?limit=1`)).status === 200;
    });
  }
}
