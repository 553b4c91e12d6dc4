/** Turns the signals that end the stack into one AbortSignal, and keeps the last words from failing. */

interface Interruption {
  readonly signal: AbortSignal;
  /** Back to how signals were before. */
  release(): void;
}

/** `told` is called at the first signal. Further ones change nothing: the stop is bounded anyway. */
export function catchSignals(told: () => void): Interruption {
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const end = () => {
    if (!controller.signal.aborted) told();
    controller.abort(new Error('The stack was told to stop.'));
  };
  // The terminal may be gone by the time the last words are said.
  const ignore = () => {};
  process.stdout.on('error', ignore);
  for (const name of names) process.on(name, end);
  return {
    signal: controller.signal,
    release() {
      for (const name of names) process.off(name, end);
      process.stdout.off('error', ignore);
    },
  };
}

/** Resolves at the first signal. */
export function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // A signal alone keeps no process alive, the timer does.
    const timer = setInterval(() => {}, 60_000);
    const end = () => {
      clearInterval(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
