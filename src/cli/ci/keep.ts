/** Leaves the summary and the outputs where the pipeline's runner looks for them. */
import { messageOf } from '../../domain/errors.ts';
import type { Io } from '../io.ts';
import { writeLines } from '../text.ts';
import { type CutShort, type Known, outputsOf, summaryOf } from './summary.ts';

/** A pipeline that cannot keep its summary has done its work all the same. */
export async function keep(known: Known, io: Io, cutShort?: CutShort): Promise<void> {
  await append(io.env.GITHUB_STEP_SUMMARY, summaryOf(known, cutShort), io);
  await append(io.env.GITHUB_OUTPUT, outputsOf(known, cutShort), io);
}

async function append(path: string | undefined, text: string, io: Io): Promise<void> {
  if (!path) return;
  try {
    const before = await io.readText(path).catch(() => '');
    await io.writeText(path, `${before}${text}`);
  } catch (error) {
    writeLines(io.err, [`warning: ${path} could not be written: ${messageOf(error)}`]);
  }
}
