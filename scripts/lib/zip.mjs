/** Reads single files out of a zip, as Go keeps its modules in. */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { Failure } from './failure.mjs';
import { shown } from './paths.mjs';

const END = 0x06054b50;
const END_BYTES = 22;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const DEFLATED = 8;

/**
 * The text of each file whose name is wanted.
 * @param {string} file
 * @param {(name: string) => boolean} isWanted
 * @returns {Map<string, string>} by name
 */
export function readZip(file, isWanted) {
  const zip = readFileSync(file);
  const end = zip.lastIndexOf(Buffer.from(Uint32Array.of(END).buffer));
  if (end < 0 || end + END_BYTES > zip.length) throw new Failure(`${shown(file)} is not a whole zip file`);
  /** @type {Map<string, string>} */
  const texts = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (zip.readUInt32LE(at) !== ENTRY) throw new Failure(`${shown(file)} is damaged`);
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes);
    if (isWanted(name)) texts.set(name, contentOf(zip, at).toString('utf8'));
    at += ENTRY_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return texts;
}

/** @param {Buffer} zip @param {number} entry where the directory speaks of it */
function contentOf(zip, entry) {
  const local = zip.readUInt32LE(entry + 42);
  const start = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const bytes = zip.subarray(start, start + zip.readUInt32LE(entry + 20));
  return zip.readUInt16LE(entry + 10) === DEFLATED ? inflateRawSync(bytes) : bytes;
}
