/** Keeps that a stop of everything was released under a key. Its id says all of it, so there is nothing to do. */
export async function emergencyStopReleased(): Promise<void> {}
