/** A thread of the bench: takes tasks, gives back firings. */
import { parentPort } from 'node:worker_threads';
import { measure, type Task } from './measure.ts';

parentPort?.on('message', (task: Task) => parentPort?.postMessage(measure(task)));
