/** The build step that writes `dist/workflow-bundle.js`. */
import { writeFile } from 'node:fs/promises';
import { bundleWorkflows } from './bundle.ts';
import { bundlePath } from './bundle-path.ts';

const { code } = await bundleWorkflows();
await writeFile(bundlePath, code);
