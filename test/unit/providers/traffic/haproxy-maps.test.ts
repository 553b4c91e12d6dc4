import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  keysIn,
  MapCommands,
  mapFile,
  mapNames,
  tookEffect,
  valueIn,
  writeEmptyMaps,
} from '../../../../src/providers/traffic/haproxy/maps.ts';
import { requestsIn } from '../../../../src/providers/traffic/haproxy/stat.ts';

describe('answers of the runtime socket', () => {
  it('are a value or none', () => {
    const found = 'type=str, case=sensitive, found=yes, idx=tree, key="a/b", value="green", type="str"';
    expect(valueIn(found)).toBe('green');
    expect(valueIn('type=str, case=sensitive, found=no')).toBeNull();
  });

  it('tell an effect from a missing entry', () => {
    expect(tookEffect('')).toBe(true);
    expect(tookEffect('entry not found.')).toBe(false);
    expect(tookEffect('Key not found.')).toBe(false);
  });

  it('list keys', () => {
    expect(keysIn('0x55d51baa5200 a/b@1 green\n0x7f75c4033230 a/c@2 blue')).toEqual(['a/b@1', 'a/c@2']);
    expect(keysIn('')).toEqual([]);
  });

  it.each([
    'Unknown map identifier. Please use #<id> or <file>.',
    'Permission denied',
    "unable to parse 'abc'.",
    undefined,
  ])('that refuse are errors: %s', (answer) => {
    for (const parse of [valueIn, tookEffect]) {
      expect(() => parse(answer)).toThrowError(expect.objectContaining({ code: 'traffic-unready' }));
    }
  });

  it('escape a space in the folder', () => {
    expect(new MapCommands('/a b').get('stop', '*')).toBe('get map /a\\ b/stop.map *');
  });

  it('count requests of the very backend from their beginning, and those under way', () => {
    const csv =
      '# pxname,svname,scur,stot,req_tot,\nshop,BACKEND,2,9,7,\nold,BACKEND,,5,,\nshop,FRONTEND,1,1,1,';
    expect(requestsIn(csv, 'shop')).toEqual({ begun: 9, current: 2 });
    expect(requestsIn(csv, 'old')).toEqual({ begun: 5, current: 0 });
    expect(requestsIn('No such proxy.', 'shop')).toBeUndefined();
  });
});

describe('map files', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-maps-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('are made empty, but for the roles and stops that are there', () => {
    const maps = join(dir, 'new', 'maps');
    writeEmptyMaps(maps);
    for (const name of mapNames) writeFileSync(mapFile(maps, name), `a/b ${name}\n`);
    writeEmptyMaps(maps);
    const left = mapNames.filter((name) => readFileSync(mapFile(maps, name), 'utf8') !== '');
    expect(left).toEqual(['roles', 'stop']);
  });
});
