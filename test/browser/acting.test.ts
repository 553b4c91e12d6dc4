/** The dashboard as people act with it, and every page of it over the rollouts that they leave. */
import { describe } from 'vitest';
import { acting } from './stories/acting.ts';
import { everyPage } from './stories/every-page.ts';
import { onOneStack } from './stories/on-one-stack.ts';

const use = onOneStack();

describe('acting', () => acting(use));
describe('every page', () => everyPage(use));
