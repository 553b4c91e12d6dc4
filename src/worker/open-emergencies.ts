/** Emergencies that are open: they forbid rollouts in their scope to begin. Asked by API and worker alike. */

import type { Client, RawWorkflowExecutionInfo } from '@temporalio/client';
import { decoded } from '../codec/readable.ts';
import type { Blocking } from '../domain/emergency/block.ts';
import { covers, emergencyIdIn, emergencyWorkflowIdOf, idsCovering } from '../domain/emergency/scope.ts';
import { type EmergencyOrder, emergencyWorkflowType, orderMemo } from '../domain/emergency/types.ts';
import type { TargetId } from '../domain/plan/types.ts';
import { within } from '../providers/limit.ts';
import { listOpen, pagesBy } from './listing.ts';
import { isMissing } from './not-found.ts';

const answerWithinMs = 2_000;
const pageSize = 200;
/** Far more than anybody has open at a time. */
const maxRows = 1_000;

export type Call = <T>(call: () => Promise<T>) => Promise<T>;

/** Where the connection heeds its deadline, its own error comes first, which says more. */
const graceMs = 250;

/** The native connection retries on its own beyond the deadline it is given, so the wait is cut off here too. */
export function boundedCalls(client: Client): Call {
  return (call) =>
    within(answerWithinMs + graceMs, () => client.withDeadline(Date.now() + answerWithinMs, call));
}

/** One list serves all who ask at the same time; none is given that was asked for before somebody came. */
export class OpenEmergencies {
  private readonly client: Client;
  private readonly call: Call;
  private underWay: Promise<unknown> = Promise.resolve();
  private next: Promise<EmergencyOrder[]> | null = null;

  constructor(client: Client) {
    this.client = client;
    this.call = boundedCalls(client);
  }

  /**
   * Every one that covers the target. Those of a single word are looked up by their ids, which no lag of visibility can
   * hide; those of several words or with `*` come from the list. Throws what Temporal's client throws.
   */
  async covering(target: TargetId): Promise<Blocking[]> {
    const looked = idsCovering(target).map((id) => lookedUp(this.client, this.call, id));
    const found = await Promise.all([...looked, this.listed()]);
    const covering = found.flat().filter(({ scope }) => covers(scope, target));
    return [...new Map(covering.map((one) => [one.id, one])).values()];
  }

  private listed(): Promise<EmergencyOrder[]> {
    this.next ??= this.underWay.then(() => {
      this.next = null;
      const list = listed(this.client, this.call);
      this.underWay = list.catch(() => {});
      return list;
    });
    return this.next;
  }
}

async function lookedUp(client: Client, call: Call, id: string): Promise<EmergencyOrder[]> {
  const { namespace } = client.options;
  const execution = { workflowId: emergencyWorkflowIdOf(id) };
  try {
    // Raw: the client's own description is none when the memo cannot be read.
    const answer = await call(() =>
      client.workflowService.describeWorkflowExecution({ namespace, execution }),
    );
    const info = answer.workflowExecutionInfo ?? {};
    return isOpen(info) ? orderIn(info) : [];
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

async function listed(client: Client, call: Call): Promise<EmergencyOrder[]> {
  const page = pagesBy(client, call);
  const open = await listOpen({ page, pageSize, maxRows }, `WorkflowType = "${emergencyWorkflowType}"`);
  return open.flatMap(orderIn);
}

/** Not ended: it runs, or somebody has paused it in Temporal. */
export function isOpen({ status }: RawWorkflowExecutionInfo): boolean {
  return status === running || status === paused;
}

/** As Temporal numbers them. */
const running = 1;
const paused = 8;

/** What an emergency was opened with, from its memo, or what stands for it; empty: it is none of ours. */
export function orderIn(info: RawWorkflowExecutionInfo): EmergencyOrder[] {
  const payload = info.memo?.fields?.[orderMemo];
  const order = decoded(payload);
  if (payload && order === undefined) return [unreadable(emergencyIdIn(info.execution?.workflowId ?? ''))];
  return isOrder(order) ? [order] : [];
}

/** Nobody may begin what an emergency forbids because a key of encryption is lost. */
function unreadable(id: string): EmergencyOrder {
  const reason =
    'what it was opened with cannot be read, for want of its encryption key or because it was changed, so it counts for everything';
  return { id, scope: ['all'], to: null, actor: 'unknown', reason, stoppedAll: [] };
}

function isOrder(value: unknown): value is EmergencyOrder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'scope' in value &&
    Array.isArray(value.scope)
  );
}
