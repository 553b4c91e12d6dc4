/** The way to the companion that tells people: begun as a child that outlives its parent, and told by signals. */
import { getExternalWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import {
  type NoticesInput,
  noticeSignal,
  noticesIdOf,
  noticesQueue,
  noticesType,
  tellSignal,
} from '../domain/notify/names.ts';
import type { Notice, PlanChannel, Subject, Told } from '../domain/notify/types.ts';

/** `first`: it is not there yet. Never fails: who cannot be told goes without, and the rollout goes on. */
export async function tell(
  subject: Subject,
  channels: readonly PlanChannel[],
  told: Told,
  first: boolean,
): Promise<void> {
  const said = () => signalled(subject, tellSignal, told);
  if (first || !(await said())) await begin({ subject, channels, told: [told] }, said);
}

/** As `tell`, of an emergency, whose companion may be there or not. */
export async function hand(subject: Subject, notice: Notice): Promise<void> {
  const said = () => signalled(subject, noticeSignal, notice);
  if (!(await said())) await begin({ subject, channels: [], told: [], notices: [notice] }, said);
}

/** False: nobody of that name is there. */
async function signalled(subject: Subject, name: string, payload: Told | Notice): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(noticesIdOf(subject)).signal<[Told | Notice]>(name, payload);
    return true;
  } catch {
    return false;
  }
}

async function begin(input: NoticesInput, otherwise: () => Promise<boolean>): Promise<void> {
  try {
    await startChild<(given: NoticesInput) => Promise<unknown>>(noticesType, {
      workflowId: noticesIdOf(input.subject),
      taskQueue: noticesQueue,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  } catch {
    // Its name is taken when the rollout was reset: then it is there already.
    await otherwise();
  }
}
