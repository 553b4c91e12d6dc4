/** The dashboard as people act with it, and every page of it over the rollouts that they leave. */
import { afterAll, describe } from 'vitest';
import { layAssurance } from '../support/assurance.ts';
import { accounts } from './stories/accounts.ts';
import { acting } from './stories/acting.ts';
import { everyPage } from './stories/every-page.ts';
import { onOneStack } from './stories/on-one-stack.ts';

const assurance = layAssurance();
const use = onOneStack(assurance.config);
afterAll(() => assurance.remove());

describe('acting', () => acting(use));
describe('accounts', () => accounts(use));
describe('every page', () => everyPage(use));
