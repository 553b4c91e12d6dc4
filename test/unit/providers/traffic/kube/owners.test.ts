import { describe, expect, it } from 'vitest';
import type { KubeObject, ManagedField } from '../../../../../src/providers/kube/types.ts';
import { otherWriterOf } from '../../../../../src/providers/traffic/kube/notes.ts';
import { ownersOf, withoutUs } from '../../../../../src/providers/traffic/kube/owners.ts';

const rules = ['f:spec', 'f:rules'];
const field = (manager: string, fieldsV1: Record<string, unknown>, more: object = {}): ManagedField => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  time: '2026-01-01T00:00:00Z',
  fieldsV1,
  ...more,
});
const objectWith = (...managedFields: ManagedField[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'a', managedFields },
});
const theirs = field('kubectl', {
  'f:metadata': { 'f:labels': {} },
  'f:spec': { 'f:rules': {}, 'f:hosts': {} },
});
const robbed = field('kubectl', { 'f:metadata': { 'f:labels': {} }, 'f:spec': { 'f:hosts': {} } });
const ours = field('sluice', { 'f:spec': { 'f:rules': {} } });
const status = field('controller', { 'f:spec': { 'f:rules': {} } }, { subresource: 'status' });

describe('owners of a field that we write', () => {
  it('get it back, and we are not named any more', () => {
    const owners = ownersOf(objectWith(theirs, status), rules);
    expect(withoutUs(objectWith(robbed, status, ours), owners)).toEqual([theirs, status]);
  });

  it('come back also when that was all they had', () => {
    const only = field('argocd', { 'f:spec': { 'f:rules': {} } }, { operation: 'Apply' });
    const back = withoutUs(objectWith(ours), ownersOf(objectWith(only), rules));
    expect(back).toEqual([{ ...only, time: expect.any(String) }]);
  });

  it('are left as they are when we own nothing', () => {
    expect(withoutUs(objectWith(theirs), ownersOf(objectWith(theirs), rules))).toBeNull();
  });

  it('lose nothing when nothing is known of them', () => {
    for (const text of [undefined, '', 'no list', '[{"manager":1}]']) {
      expect(withoutUs(objectWith(robbed, ours), text)).toEqual([robbed]);
    }
  });
});

describe('who else wrote a field last', () => {
  it('is who owns it, however close the times are', () => {
    expect(otherWriterOf(objectWith(ours, robbed), rules)).toBeNull();
    expect(otherWriterOf(objectWith(robbed, field('argocd', { 'f:spec': { 'f:rules': {} } })), rules)).toBe(
      'argocd',
    );
  });

  it('is no controller that reports in the status', () => {
    expect(otherWriterOf(objectWith(status), rules)).toBeNull();
  });
});
