/** The stack's small parts: ports, folders, rendered configurations, screen. */
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/providers/config.ts';
import { prometheusConfig, sluiceConfig } from '../../../src/stack/configs.ts';
import { layoutOf } from '../../../src/stack/layout.ts';
import { portProblem, portsFrom } from '../../../src/stack/ports.ts';
import { createScreen } from '../../../src/stack/screen.ts';

describe('ports', () => {
  it('derive from the base, all different', () => {
    const ports = Object.values(portsFrom(8000));
    expect(ports).toContain(8000);
    expect(new Set(ports).size).toBe(ports.length);
    expect(portsFrom().shop).toBe(7200);
  });

  it.each([80, 65_530, 1.5, Number.NaN])('refuse a base of %d', (base) => {
    expect(() => portsFrom(base)).toThrow(/--port-base/);
  });

  it('name a taken port, who needs it, and a way out', async () => {
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const problem = await portProblem({ ...portsFrom(20_000), prometheus: port });
    await new Promise((resolve) => stranger.close(resolve));
    expect(problem).toContain(`port ${port}, needed for Prometheus`);
    expect(problem).toContain('--port-base 20100');
  });
});

describe('the written configuration', () => {
  it('is one that worker and API accept', () => {
    const layout = layoutOf('/srv/sluice');
    const config = parseConfig(sluiceConfig(layout, portsFrom(9000)));
    expect(config.api).toMatchObject({ host: '127.0.0.1', port: 9001 });
    expect(config.temporal.address).toBe('127.0.0.1:9002');
    expect(Object.keys(config.workload)).toContain('process');
  });

  it('scrapes both slots each second', () => {
    expect(JSON.stringify(prometheusConfig(portsFrom(9000)))).toContain(
      '"shop","scrape_interval":"1s","static_configs":[{"targets":["127.0.0.1:9011","127.0.0.1:9012"]}]',
    );
  });

  it('keeps the socket short enough for the system, however deep the folder lies', () => {
    expect(layoutOf('/srv/sluice').haproxySocket).toBe('/srv/sluice/.sluice/run/haproxy.sock');
    const deep = layoutOf(`/srv/${'deep/'.repeat(40)}`).haproxySocket;
    expect(deep.length).toBeLessThan(100);
    expect(deep).toBe(layoutOf(`/srv/${'deep/'.repeat(40)}`).haproxySocket);
  });
});

describe('the screen', () => {
  const record = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, output: { isTTY, columns: 80, rows: 4, write: (text: string) => written.push(text) } };
  };

  it('overwrites its picture in one write, keeps lines above it, and never draws past the terminal', () => {
    const { written, output } = record(true);
    const screen = createScreen(output);
    screen.draw(['a', 'b', 'c', 'd', 'e']);
    screen.draw(['A', 'B']);
    screen.say('news');
    screen.settle();
    screen.say('end');
    expect(written).toEqual([
      'a\u001b[K\nb\u001b[K\nc\u001b[K\n\u001b[J',
      '\u001b[3A\rA\u001b[K\nB\u001b[K\n\u001b[J',
      '\u001b[2A\rnews\u001b[K\nA\u001b[K\nB\u001b[K\n\u001b[J',
      'end\u001b[K\n\u001b[J',
    ]);
  });

  it('writes plain lines and no picture where there is no terminal', () => {
    const { written, output } = record(false);
    const screen = createScreen(output);
    screen.draw(['a']);
    screen.say('news');
    expect(written).toEqual(['news\n']);
  });
});
