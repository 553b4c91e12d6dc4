/** Where the built dashboard lies. */
import { fileURLToPath } from 'node:url';

export const dashboardPath = fileURLToPath(new URL('../../dashboard', import.meta.url));
