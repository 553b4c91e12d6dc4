/** Where things lie in a store of evidence. Keys are paths of encoded parts, so that no name can lead elsewhere. */
import type { TargetId } from '../plan/types.ts';

export const chainRoot = 'chain/';
const holdRoot = 'holds/';
export const prunedRoot = 'pruned/';
/** Requests that had an Idempotency-Key; what they were answered lies elsewhere. */
export const requestRoot = 'requests/';
const answerRoot = 'answers/';
const runRoot = 'runs/';

const positionDigits = 8;

/** One file for each bundle of a target, in order. Whoever puts the file of a position has that position. */
export function chainFolder(target: TargetId): string {
  return `${chainRoot}${folderOf(target)}/`;
}

export function chainKey(target: TargetId, position: number): string {
  return `${chainFolder(target)}${numbered(position)}`;
}

/** What says that the files of a bundle were deleted because their time was over. */
export function prunedKey(target: TargetId, position: number): string {
  return `${prunedRoot}${folderOf(target)}/${numbered(position)}`;
}

/** The files of a bundle, each named by its hash, and the raw reports that gates left while the rollout ran. */
export function runFolder(target: TargetId, runId: string): string {
  return `${runRoot}${folderOf(target)}/${encoded(runId)}/`;
}

export function holdFolder(target: TargetId, runId: string): string {
  return `${holdRoot}${folderOf(target)}/${encoded(runId)}/`;
}

export function holdKey(target: TargetId, runId: string, number: number): string {
  return `${holdFolder(target, runId)}${numbered(number)}`;
}

/** `id`: a hash of the request's name. */
export function requestKey(id: string): string {
  return `${requestRoot}${id}`;
}

export function answerKey(id: string): string {
  return `${answerRoot}${id}`;
}

/** Whether a path in a bundle leads nowhere but into the folder of the bundle. */
export function isInside(path: string): boolean {
  return path.split('/').every((part) => /^[\w.-]+$/.test(part) && part !== '.' && part !== '..');
}

export interface Place {
  readonly target: TargetId;
  readonly position: number;
}

/** The target and the position that a key under `chain/` or `pruned/` stands for; null: it is none of ours. */
export function placeOf(key: string): Place | null {
  const [, environment, service, file, ...rest] = key.split('/');
  const position = /^(\d{8,})\.json$/.exec(file ?? '')?.[1];
  if (!environment || !service || position === undefined || rest.length > 0) return null;
  const target = decoded(`${environment}/${service}`);
  return target === null ? null : { target, position: Number(position) };
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function folderOf(target: TargetId): string {
  return target.split('/').map(encoded).join('/');
}

/** `.` and `..` are names of rollouts that a file system would follow. */
function encoded(part: string): string {
  return encodeURIComponent(part).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
}

function numbered(number: number): string {
  return `${String(number).padStart(positionDigits, '0')}.json`;
}
