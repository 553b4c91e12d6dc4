/** What is noted on the Service while a rollout runs: how it was found, and what was asked for. */
import { z } from 'zod';
import { parsedJson } from '../../../domain/parsed-json.ts';
import type { KubeObject } from '../../kube/types.ts';
import { prefix } from '../kube/lease-state.ts';
import { noteNames } from '../kube/notes.ts';
import { ownersOf } from '../kube/owners.ts';
import type { PodShare } from './state.ts';

/** What was asked for the green slot last, percent. */
export const askedNote = `${prefix}/asked`;
export const ourNotes = [...Object.values(noteNames), askedNote];

const found = z.object({
  selector: z.record(z.string(), z.string()),
  replicas: z.number(),
  /** Owners of the stable Deployment's replicas. */
  owners: z.string(),
});

export function notesOfFound(
  service: KubeObject,
  stable: KubeObject,
  { shared, total }: PodShare,
): Record<string, string> {
  const owners = ownersOf(stable, ['f:spec', 'f:replicas']);
  return {
    [noteNames.found]: JSON.stringify({ selector: shared, replicas: total, owners }),
    [noteNames.owners]: ownersOf(service, ['f:spec', 'f:selector']),
  };
}

export function foundIn({ metadata }: KubeObject): z.infer<typeof found> | null {
  return found.safeParse(parsedJson(metadata.annotations?.[noteNames.found] ?? '')).data ?? null;
}

export function askedIn({ metadata }: KubeObject): number | null {
  const text = metadata.annotations?.[askedNote];
  const asked = Number(text);
  return text === undefined || !Number.isFinite(asked) ? null : asked;
}
