/** The dashboard as people watch rollouts with it. */
import { describe } from 'vitest';
import { canaryStatus } from './stories/canary-status.ts';
import { onOneStack } from './stories/on-one-stack.ts';
import { rolloutList } from './stories/rollout-list.ts';

const use = onOneStack();

describe('the list of rollouts', () => rolloutList(use));
describe('the page of a rollout', () => canaryStatus(use));
