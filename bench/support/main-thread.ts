/** The tasks of a page's main thread, as Chromium's own trace has them. */
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';

const traceSchema = z.object({
  traceEvents: z.array(
    z.looseObject({
      name: z.string(),
      ph: z.string(),
      pid: z.number(),
      tid: z.number(),
      dur: z.number().optional(),
      tdur: z.number().optional(),
      args: z.looseObject({ name: z.string().optional() }).optional(),
    }),
  ),
});
const categories = ['toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
const taskNames = new Set(['RunTask', 'ThreadControllerImpl::RunTask']);

export interface Task {
  readonly tookMs: number;
  /** Of a processor: where others want one too, a task takes longer than it has to do. Null: not told. */
  readonly processorMs: number | null;
}

/** Each task that ran while `work` did. */
export async function tasksDuring(browser: Browser, page: Page, work: () => Promise<void>): Promise<Task[]> {
  await browser.startTracing(page, { categories });
  await work();
  const { traceEvents } = traceSchema.parse(JSON.parse((await browser.stopTracing()).toString()));
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) => ph === 'X' && taskNames.has(name) && threads.has(`${pid} ${tid}`),
  );
  if (tasks.length === 0) throw new Error('the trace has no task of a page');
  return tasks.map(({ dur = 0, tdur }) => ({
    tookMs: dur / 1_000,
    processorMs: tdur === undefined ? null : tdur / 1_000,
  }));
}
