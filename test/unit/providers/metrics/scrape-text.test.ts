import { expect, it } from 'vitest';
import { parsePage } from '../../../../src/providers/metrics/scrape-text.ts';

const read = (text: string) => parsePage('http://app/metrics', text, () => true);

it('reads samples with and without labels, timestamps and exemplars, and leaves comments aside', () => {
  const page = `# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{status="200",path="/a } b{"} 1027 1395066363000
requests_total{status="500",} 3
odd{text="a \\"quote\\", a \\\\ and a\\nline"}\t-1.5e-3
latency_bucket{le="+Inf"} 7 # {trace_id="KOO5S4vxi0o"} 0.67
nothing NaN\r
up +Inf

# EOF`;
  expect(read(page)).toEqual([
    { name: 'requests_total', labels: { status: '200', path: '/a } b{' }, value: 1027 },
    { name: 'requests_total', labels: { status: '500' }, value: 3 },
    { name: 'odd', labels: { text: 'a "quote", a \\ and a\nline' }, value: -0.0015 },
    { name: 'latency_bucket', labels: { le: '+Inf' }, value: 7 },
    { name: 'nothing', labels: {}, value: Number.NaN },
    { name: 'up', labels: {}, value: Number.POSITIVE_INFINITY },
  ]);
});

it('keeps what is wanted alone', () => {
  expect(parsePage('u', 'a 1\nb 2\n', (name) => name === 'b')).toEqual([{ name: 'b', labels: {}, value: 2 }]);
});

it.each(['a', 'a{b="c" 1', 'a{b="c",b="d"} 1', 'a{b=c} 1', 'a 0x10', 'a 1 2 3', '<html>', '{"json": true}'])(
  'refuses a page with the line %s, and says where it is',
  (line) => {
    expect(() => read(`up 1\n${line}\n`)).toThrow('Line 2 of http://app/metrics is no sample');
  },
);
