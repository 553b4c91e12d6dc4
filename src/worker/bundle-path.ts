/** Where the built workflow bundle lies. */
import { fileURLToPath } from 'node:url';

export const bundlePath = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
