import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../../../src/providers/workload/kubernetes/options.ts';
import { deploymentIn } from '../../../../../src/providers/workload/kubernetes/shapes.ts';
import { templateFor } from '../../../../../src/providers/workload/kubernetes/template.ts';
import { templateSteps } from '../../../../../src/providers/workload/kubernetes/template-steps.ts';

const version = 'app.kubernetes.io/version';
const found = deploymentIn({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'shop', labels: { [version]: 'v1' } },
  spec: {
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop', [version]: 'v1' } },
      spec: {
        containers: [
          { name: 'proxy', image: 'envoy:1' },
          {
            name: 'shop',
            image: 'shop:v1',
            env: [
              { name: 'A', value: '1' },
              { name: 'B', value: '2' },
            ],
          },
        ],
      },
    },
  },
});
const place = (options: object = {}) => placeOf({ id: 'test/shop', options: { ...options } }, 'shop');
const stepsTo = (options: object, to: string) =>
  templateSteps(found, templateFor(found.spec.template, place(options), to));

describe('the steps of a promotion', () => {
  it('touch the image and what tells the version, and nothing else', () => {
    expect(stepsTo({}, 'v2')).toEqual([
      { op: 'add', path: '/spec/template/metadata/labels', value: { app: 'shop', [version]: 'v2' } },
      { op: 'test', path: '/spec/template/spec/containers/1/name', value: 'shop' },
      { op: 'add', path: '/spec/template/spec/containers/1/image', value: 'shop:v2' },
      { op: 'replace', path: '/metadata/labels/app.kubernetes.io~1version', value: 'v2' },
    ]);
  });

  it('keep the variables that the plan does not name', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'B', value: '3' },
    ];
    const path = '/spec/template/spec/containers/1/env';
    expect(stepsTo({ env: { B: '3' } }, 'v1')).toContainEqual({ op: 'add', path, value: env });
  });

  it('are none where all is as it should be', () => {
    expect(stepsTo({}, 'v1')).toEqual([]);
  });

  it('take away what the former template had not', () => {
    const { template } = found.spec;
    const more = deploymentIn({
      ...found.object,
      spec: { ...found.spec, template: { ...template, spec: { ...template.spec, hostNetwork: true } } },
    });
    expect(templateSteps(more, template)).toEqual([
      { op: 'remove', path: '/spec/template/spec/hostNetwork' },
    ]);
  });
});
