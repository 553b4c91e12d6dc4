/** Reads server-sent events out of a byte stream. */

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Comments come as events named `comment`, so that the caller sees signs of life. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true }).replaceAll('\r\n', '\n');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) yield eventOf(block);
  }
}

function eventOf(block: string): ServerEvent {
  const data: string[] = [];
  let event = '';
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') event = value ?? '';
    if (field === 'data') data.push(value ?? '');
  }
  if (data.length === 0) return { event: 'comment', data: '' };
  return { event: event || 'message', data: data.join('\n') };
}
