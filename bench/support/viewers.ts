/** People who watch: event streams that are read and thrown away. */
import { get } from 'node:http';

export interface Viewers {
  /** Events that all of them were told so far. */
  readonly events: () => number;
  close(): void;
}

/** Each of the paths is an event stream; resolves when every one has begun. */
export async function watch(apiUrl: string, paths: readonly string[]): Promise<Viewers> {
  let events = 0;
  const streams = await Promise.all(
    paths.map(
      (path) =>
        new Promise<{ destroy(): void }>((resolve, reject) => {
          const asked = get(`${apiUrl}${path}`, { agent: false }, (answer) => {
            if (answer.statusCode !== 200) return reject(new Error(`${path} answered ${answer.statusCode}`));
            answer.setEncoding('utf8').on('data', (text: string) => {
              // An event ends with an empty line; one that falls between two parts is not worth a parser.
              events += text.split('\n\n').length - 1;
            });
            // Whoever closes it knows that it ends.
            answer.on('error', () => {});
            resolve(answer);
          });
          asked.once('error', reject);
        }),
    ),
  );
  return {
    events: () => events,
    close: () => {
      for (const stream of streams) stream.destroy();
    },
  };
}
