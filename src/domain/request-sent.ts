/** Names of what keeps to which run a request with an Idempotency-Key was sent first. */
export const sentWorkflowType = 'requestSent';
/** Memo: the first run of what it was sent to. */
export const sentToMemo = 'sentTo';

export function sentWorkflowIdOf(request: string, workflowId: string): string {
  return `sent/${request}/${workflowId}`;
}
