/** Spreads tasks over as many threads as the machine has processors. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Firings, Task } from './measure.ts';

/** Results come in the order of the tasks. `progress` hears how many are done. Rejects when a thread dies. */
export async function measureAll(
  tasks: readonly Task[],
  progress: (done: number) => void,
): Promise<readonly Firings[]> {
  const results: Firings[] = [];
  let next = 0;
  let done = 0;
  const work = async (worker: Worker): Promise<void> => {
    for (let place = next++; place < tasks.length; place = next++) {
      results[place] = await ask(worker, tasks[place]);
      progress(++done);
    }
  };
  const workers = Array.from(
    { length: Math.min(availableParallelism(), tasks.length) },
    () => new Worker(new URL('./worker.js', import.meta.url)),
  );
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results;
}

function ask(worker: Worker, task: Task | undefined): Promise<Firings> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      end();
    };
    const onMessage = (firings: Firings) => settle(() => resolve(firings));
    const onError = (cause: unknown) => settle(() => reject(cause));
    worker.once('message', onMessage);
    worker.once('error', onError);
    worker.postMessage(task);
  });
}
