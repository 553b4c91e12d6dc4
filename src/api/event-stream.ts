/** Writes a feed as server-sent events; a slow viewer gets the latest state, never a backlog. */
import type { FeedEvent, RolloutFeed } from './feed.ts';

interface StreamOptions {
  /** A comment is sent when nothing else was for so long, so that both ends notice a dead connection. */
  readonly heartbeatMs: number;
  /** The id of the last event that the viewer has got. Default: none. */
  readonly seen?: string | undefined;
}

/** What the feed has told and the viewer has not been sent yet. */
interface Mailbox {
  news: FeedEvent | null;
  end: FeedEvent | null;
  wake: () => void;
}

/** Ends after the rollout's terminal state was told. Leaving the iterator leaves the feed. */
export async function* eventStream(feed: RolloutFeed, options: StreamOptions): AsyncGenerator<string> {
  const mail: Mailbox = { news: null, end: null, wake: () => {} };
  const leave = feed.join((event) => {
    if (event.kind === 'end') mail.end = event;
    else mail.news = event;
    mail.wake();
  }, options.seen);
  try {
    yield 'retry: 1000\n\n';
    while (true) {
      const next = take(mail);
      if (next) yield textOf(next);
      else if (!(await somethingCame(mail, options.heartbeatMs))) yield ': still here\n\n';
      if (next?.kind === 'end') return;
    }
  } finally {
    leave();
  }
}

function take(mail: Mailbox): FeedEvent | null {
  const next = mail.news ?? mail.end;
  mail.news = null;
  return next;
}

async function somethingCame(mail: Mailbox, withinMs: number): Promise<boolean> {
  if (mail.news || mail.end) return true;
  return await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), withinMs);
    mail.wake = () => {
      clearTimeout(timer);
      resolve(true);
    };
  });
}

function textOf(event: FeedEvent): string {
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(dataOf(event))}\n\n`;
}

function dataOf(event: FeedEvent): unknown {
  switch (event.kind) {
    case 'status':
      return event.view;
    case 'trouble':
      return event.trouble;
    case 'end':
      return {};
  }
}
