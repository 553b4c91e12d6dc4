import { expect, it } from 'vitest';
import { notes } from '../../../../../src/providers/workload/kubernetes/canary.ts';
import { instanceOf } from '../../../../../src/providers/workload/kubernetes/instances.ts';
import { placeOf } from '../../../../../src/providers/workload/kubernetes/options.ts';
import { deploymentIn, podIn } from '../../../../../src/providers/workload/kubernetes/shapes.ts';

const place = placeOf({ id: 'prod/shop', options: {} }, 'prod');
const withImage = (image: string) => ({ spec: { containers: [{ name: 'app', image }] } });
const deployment = deploymentIn({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', annotations: { [notes.version]: 'release 42' } },
  spec: { selector: { matchLabels: { app: 'shop' } }, template: withImage('shop:v2') },
});
const pod = (image: string, ready: boolean, restartCount = 0) =>
  podIn({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'shop-1-a' },
    ...withImage(image),
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [{ name: 'app', image, ready, restartCount, state: { running: {} } }],
    },
  });

it('a pod goes by the version of its Deployment, or by its own image when it is of an earlier one', () => {
  expect(instanceOf(pod('shop:v2', true), deployment, place)).toEqual({
    name: 'shop-1-a',
    version: 'release 42',
    ready: true,
    note: null,
  });
  expect(instanceOf(pod('shop:v1', true, 3), deployment, place)).toMatchObject({
    version: 'v1',
    note: 'restarted 3 times',
  });
  expect(instanceOf(pod('shop:v2', false), deployment, place)).toMatchObject({
    ready: false,
    note: 'app runs, but its readiness probe does not pass',
  });
});
