/** A pause that somebody else may end. */
export class Nap {
  private wake: () => void = () => {};

  /** Ends also when `signal` aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, Math.max(0, ms));
      this.wake = end;
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
  }

  end(): void {
    this.wake();
  }
}
