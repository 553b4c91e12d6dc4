/** Reads server-sent events out of a byte stream. */

export interface ServerEvent {
  /** As the server numbered it; null: it did not. */
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** Comments come as events named `comment`, so that the caller sees signs of life. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true }).replaceAll('\r\n', '\n');
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) yield eventOf(block);
    }
  } finally {
    // Whoever leaves early has no use for the rest.
    await reader.cancel().catch(() => {});
  }
}

function eventOf(block: string): ServerEvent {
  const data: string[] = [];
  let event = '';
  let id: string | null = null;
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') event = value ?? '';
    if (field === 'id') id = value ?? '';
    if (field === 'data') data.push(value ?? '');
  }
  if (data.length === 0) return { id, event: 'comment', data: '' };
  return { id, event: event || 'message', data: data.join('\n') };
}
