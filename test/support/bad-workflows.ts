/** What a bad deploy of the worker does: every workflow task fails, for ever. */
export async function rollout(): Promise<never> {
  throw new Error('this deploy is broken');
}
