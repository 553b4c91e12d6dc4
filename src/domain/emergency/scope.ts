/** What an emergency is about, in words: `all`, `canary`, or names of components; and which targets that covers. */
import { isLegible } from '../legible.ts';
import { isName, nameRule } from '../plan/names.ts';
import type { TargetId } from '../plan/types.ts';
import { wildcard } from '../wildcard.ts';

/**
 * One or more words. `all`: everything. `canary`: every target whose canary is not promoted yet. Otherwise each is a
 * component: `environment/service`, in which `*` stands for any characters, or a bare name, which is an environment or
 * a service of that name.
 */
export type ScopeWords = readonly string[];

const maxWords = 1000;
const maxWordLength = 257;
/** What is safe in a visibility query and in a workflow id. */
const wordPattern = /^[^"'`\\\s]+$/u;
/** A part of a name, or of several, with stars for the rest. */
const starredPattern = /^[a-z0-9._*-]+$/;

/** The words of a scope as people write them, with blanks or commas between. */
export function wordsIn(text: string): ScopeWords {
  return normalised(text.split(/[\s,]+/).filter((word) => word !== ''));
}

/** Why the words make no scope, in one sentence; null: they do. */
export function problemOfScope(words: ScopeWords): string | null {
  if (words.length === 0) return 'must name all, canary or components';
  if (words.length > maxWords) return `may name at most ${maxWords} components`;
  if (words.length > 1 && words.some(isWhole)) return 'all and canary go with no other word';
  const strange = words.find((word) => !isComponent(word));
  return strange === undefined ? null : `"${strange.slice(0, 80)}" is neither environment/service nor a name`;
}

/**
 * As `problemOfScope`, for words that somebody types: one that no target can have, such as `Demo`, would cover nothing.
 * The API takes such words, as it always did, and tells them as unknown.
 */
export function problemOfTyped(words: ScopeWords): string | null {
  const problem = problemOfScope(words);
  if (problem !== null) return problem;
  const strange = words.find((word) => !word.split('/').every(isPossible));
  return strange === undefined ? null : `"${strange.slice(0, 80)}" can be no name: each part ${nameRule}`;
}

function isPossible(part: string): boolean {
  return part.includes('*') ? starredPattern.test(part) : isName(part);
}

/** The same for scopes that are the same: sorted, each word once. */
export function normalised(words: ScopeWords): ScopeWords {
  return [...new Set(words)].sort();
}

export function isWhole(word: string): boolean {
  return word === 'all' || word === 'canary';
}

/** Names exactly one target. */
export function isExact(word: string): boolean {
  return word.includes('/') && !word.includes('*');
}

/** Whether the target lies in the scope; for `canary` the caller must look whether one runs. */
export function covers(words: ScopeWords, target: TargetId): boolean {
  return words.some((word) => isWhole(word) || matches(word, target));
}

/** A star stays within the environment or the service. */
const withinPart = '[^/]*';

function matches(word: string, target: TargetId): boolean {
  if (word.includes('/')) return wildcard(word, withinPart).test(target);
  return target.split('/').some((part) => wildcard(word, withinPart).test(part));
}

function isComponent(word: string): boolean {
  const parts = word.split('/');
  return word.length <= maxWordLength && parts.length <= 2 && parts.every(isPart);
}

function isPart(part: string): boolean {
  return wordPattern.test(part) && isLegible(part);
}

/**
 * The same scope has the same id, so that one scope has one open emergency, and so that the emergencies of single words
 * that cover a target can be looked up without a list (`idsCovering`).
 */
export function emergencyIdOf(words: ScopeWords): string {
  const [only, ...others] = normalised(words);
  if (only !== undefined && others.length === 0) return only;
  return `several-${hashOf(normalised(words).join(' '))}`;
}

export function emergencyWorkflowIdOf(id: string): string {
  return `emergency/${id}`;
}

export function emergencyIdIn(workflowId: string): string {
  return workflowId.replace(/^emergency\//, '');
}

/** Ids of every emergency of a single word without `*` that covers the target. */
export function idsCovering(target: TargetId): readonly string[] {
  return [...new Set(['all', 'canary', ...target.split('/'), target])];
}

/** FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
