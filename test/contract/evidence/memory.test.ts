import { createMemoryStore } from '../../../src/providers/evidence/memory.ts';
import { evidenceStoreContract } from './suite.ts';

const store = createMemoryStore();
evidenceStoreContract('memory', () => store);
