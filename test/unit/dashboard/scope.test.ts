import { describe, expect, it } from 'vitest';
import { given } from '../../../src/dashboard/pages/scope/given.ts';
import { chooseText, firstOf, readableIn } from '../../../src/dashboard/pages/scope/readable.ts';
import { everything, type Grant } from '../../../src/domain/access/grants.ts';

function grant(environments: string[], services = ['*']): Grant {
  return { role: 'viewer', environments, services };
}

describe('the environment of a list', () => {
  it('is asked only of those who may not read everywhere', () => {
    expect(readableIn(everything)).toBeNull();
    expect(readableIn([])).toBeNull();
    expect(readableIn([grant(['prod']), grant(['prod', 'stage-*'])])).toEqual(['prod', 'stage-*']);
    expect(readableIn([grant(['*'], ['shop'])])).toEqual(['*']);
  });

  it('begins with the first that is known by its name', () => {
    expect(firstOf(['stage-*', 'prod'])).toBe('prod');
    expect(firstOf(['stage-*'])).toBe('');
    expect(firstOf(null)).toBe('');
  });

  it('is told to whoever has to choose', () => {
    expect(chooseText(['prod', 'stage-*'])).toBe('Choose an environment: you may read prod, stage-*.');
    expect(chooseText(['*'])).toBe('Choose an environment.');
    expect(chooseText(null)).toBe('Choose an environment.');
  });

  it('is asked for if there is one', () => {
    expect([given(' '), given(' prod ')]).toEqual([undefined, 'prod']);
  });
});
