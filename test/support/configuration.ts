/** What an operator who has set nothing may be shown. */
import { configurationOf } from '../../src/api/configuration.ts';
import { parseConfig } from '../../src/providers/config.ts';

export const plainConfiguration = configurationOf(parseConfig({}), {
  read: async () => ({ policies: [], sha256: '' }),
});
