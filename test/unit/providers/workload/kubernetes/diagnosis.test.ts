import { describe, expect, it } from 'vitest';
import { problemOf } from '../../../../../src/providers/workload/kubernetes/diagnosis.ts';
import { podIn } from '../../../../../src/providers/workload/kubernetes/shapes.ts';

const pod = (status: object) =>
  podIn({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shop-1' },
    spec: { containers: [{ name: 'app' }] },
    status,
  });
const container = (fields: object) =>
  pod({ phase: 'Pending', containerStatuses: [{ name: 'app', image: 'shop:v2', ...fields }] });
const waiting = (reason: string, message = '') => container({ state: { waiting: { reason, message } } });

describe('what a pod says of its trouble', () => {
  it.each([
    [
      'pull',
      waiting('ErrImagePull', 'manifest unknown'),
      /image shop:v2 cannot be pulled \(ErrImagePull\): manifest unknown/,
    ],
    ['pull', waiting('InvalidImageName'), /InvalidImageName/],
    [
      'config',
      waiting('CreateContainerConfigError', 'secret "db" not found'),
      /cannot start .*secret "db" not found/,
    ],
    [
      'crash',
      container({
        restartCount: 4,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      }),
      /app ended with code 137 \(OOMKilled\), restarted 4 times/,
    ],
    ['crash', container({ state: { terminated: { exitCode: 2 } } }), /ended with code 2/],
    ['not-ready', container({ ready: false, state: { running: {} } }), /readiness probe does not pass/],
    [
      'pending',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }],
      }),
      /cannot be scheduled: 0\/3 nodes are available/,
    ],
    [
      'crash',
      pod({ initContainerStatuses: [{ name: 'migrate', state: { terminated: { exitCode: 1 } } }] }),
      /migrate ended with code 1/,
    ],
  ])('as %s', (kind, seen, text) => {
    expect(problemOf(seen)).toMatchObject({ kind, text: expect.stringMatching(text) });
  });

  it.each([
    ['is ready', container({ ready: true, state: { running: {} } })],
    ['is on its way', waiting('ContainerCreating')],
    [
      'has done its initial work',
      pod({ initContainerStatuses: [{ name: 'migrate', state: { terminated: { exitCode: 0 } } }] }),
    ],
  ])('is nothing while it %s', (_what, seen) => {
    expect(problemOf(seen)).toBeNull();
  });
});
