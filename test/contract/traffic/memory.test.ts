import { createMemoryTraffic } from '../../../src/providers/traffic/memory.ts';
import { trafficContract } from './suite.ts';

trafficContract('memory', async () => ({
  provider: createMemoryTraffic(),
  matchHeader: 'x-any',
  close: async () => {},
}));
