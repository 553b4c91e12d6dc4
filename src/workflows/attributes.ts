/** The typed search attributes that follow a rollout's state. Service, environment and version are set at its start. */
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { changedAttribute } from '../domain/rollout/names.ts';
import { outcomeOf } from '../domain/rollout/status.ts';
import type { RolloutState } from '../domain/rollout/types.ts';

const phaseKey = defineSearchAttributeKey('SluicePhase', 'KEYWORD');
const stageKey = defineSearchAttributeKey('SluiceStage', 'INT');
const changedKey = defineSearchAttributeKey(changedAttribute, 'DATETIME');
const outcomeKey = defineSearchAttributeKey('SluiceOutcome', 'KEYWORD');

export function attributesOf(state: RolloutState): SearchAttributePair[] {
  const ended = outcomeOf(state);
  const pairs: SearchAttributePair[] = [
    { key: phaseKey, value: state.phase },
    { key: stageKey, value: state.stage },
  ];
  return ended ? [...pairs, { key: outcomeKey, value: ended }] : pairs;
}

/** What has changed, with when. `atMs`: the workflow's time. */
export function datedAttributes(
  changed: readonly SearchAttributePair[],
  atMs: number,
): SearchAttributePair[] {
  return [...changed, { key: changedKey, value: new Date(atMs) }];
}
