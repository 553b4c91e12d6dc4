/** The metrics of a process, as a scraper gets them. */
import { expect, test } from 'vitest';
import { Meters } from '../../../src/telemetry/meters.ts';

test('what is counted and timed is in one page with what every process tells', async () => {
  const meters = new Meters();
  meters.counter('things_total', 'Things.', ['kind']).inc({ kind: 'odd' });
  meters.histogram('took_seconds', 'How long.', [0.5, 2]).observe(1);
  const page = await meters.registry.metrics();
  expect(page).toContain('\nthings_total{kind="odd"} 1\n');
  expect(page).toContain('\ntook_seconds_bucket{le="0.5"} 0\ntook_seconds_bucket{le="2"} 1\n');
  expect(page).toMatch(/^process_cpu_seconds_total /m);
});

test('what is so now is asked for at each scrape, and nothing is left of what was', async () => {
  const meters = new Meters();
  let colours = ['red', 'blue'];
  const tell = (gauge: { set(labels: object, value: number): void }) => {
    for (const colour of colours) gauge.set({ colour }, 1);
  };
  meters.gauge('colour_info', 'Which there are.', tell, ['colour']);
  meters.counted('colours_total', 'How many there were.', () => colours.length);
  const shown = async () =>
    [...(await meters.registry.metrics()).matchAll(/^colour.*$/gm)].map(([line]) => line);
  expect(await shown()).toEqual([
    'colour_info{colour="red"} 1',
    'colour_info{colour="blue"} 1',
    'colours_total 2',
  ]);
  colours = ['green'];
  expect(await shown()).toEqual(['colour_info{colour="green"} 1', 'colours_total 1']);
});
