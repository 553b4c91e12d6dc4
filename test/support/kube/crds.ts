/** Puts resource definitions into a test cluster and awaits that it serves them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { waitFor } from '../wait-for.ts';
import type { Rest } from './rest.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

const definition = z.object({
  metadata: z.object({ name: z.string() }),
  status: z
    .object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) })
    .optional(),
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
  const names = texts.map((text) => definition.parse(text).metadata.name);
  await waitFor('the resource definitions', async () => {
    const { body } = await rest('GET', DEFINITIONS);
    const { items } = z.object({ items: z.array(definition) }).parse(body);
    const served = new Set(items.filter(isEstablished).map(({ metadata }) => metadata.name));
    return names.every((name) => served.has(name));
  });
}

function isEstablished({ status }: z.infer<typeof definition>): boolean {
  return status?.conditions.some((each) => each.type === 'Established' && each.status === 'True') ?? false;
}
