/**
 * The two messages of grpc.health.v1, which are so small that they need no library: HealthCheckRequest and -Response.
 */

/** `string service = 1`; an empty text asks after the server as a whole. */
export function encodeRequest(service: string): Buffer {
  const text = Buffer.from(service, 'utf8');
  return text.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([0x0a, text.length]), text]);
}

const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;
export type ServingStatus = (typeof statuses)[number];

/** `ServingStatus status = 1`; a field that is left out is 0. Throws on what is no such message. */
export function decodeResponse(message: Buffer): ServingStatus {
  let status = 0;
  for (let at = 0; at < message.length; ) {
    const tag = message[at] ?? 0;
    const value = message[at + 1];
    // Every field that version 1 of the protocol knows is a number of one byte.
    if ((tag & 7) !== 0 || value === undefined || value > 127)
      throw new Error('the answer is no HealthCheckResponse');
    if (tag >> 3 === 1) status = value;
    at += 2;
  }
  return statuses[status] ?? 'UNKNOWN';
}
