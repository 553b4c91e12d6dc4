/** Examples of the document: what Temporal's UI asks of a remote codec. */
const plain = {
  payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJyZWFzb24iOiJsb29raW5nIn0=' }],
};
const sealed = {
  payloads: [
    {
      metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==', 'encryption-key-id': 'MjAyNi0xMQ==' },
      data: 'AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=',
    },
  ],
};

export const payloadExamples = {
  decodePayloads: { body: sealed, answer: plain },
  encodePayloads: { body: plain, answer: sealed },
};
