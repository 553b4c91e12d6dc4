/**
 * Archives as `tar` reads them, written in one way only: the same files are the same bytes, so that a change is seen.
 */

const blockBytes = 512;
const nameBytes = 100;

/** Paths of at most 100 bytes. */
export function packTar(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const blocks = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, content]) => {
      const room = Buffer.alloc(Math.ceil(content.byteLength / blockBytes) * blockBytes);
      room.set(content);
      return [headerOf(path, content.byteLength), room];
    });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

/** Null: it is not, byte for byte, an archive that `packTar` wrote. */
export function unpackTar(archive: Uint8Array): ReadonlyMap<string, Buffer> | null {
  const bytes = Buffer.from(archive);
  const files = new Map<string, Buffer>();
  let at = 0;
  while (at + blockBytes <= bytes.length && bytes[at] !== 0) {
    const path = bytes.toString('utf8', at, at + nameBytes).replace(/\0.*$/s, '');
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    if (!Number.isSafeInteger(size) || at + blockBytes + size > bytes.length) return null;
    at += blockBytes;
    files.set(path, bytes.subarray(at, at + size));
    at += Math.ceil(size / blockBytes) * blockBytes;
  }
  return tooLong(files) || !packTar(files).equals(bytes) ? null : files;
}

function tooLong(files: ReadonlyMap<string, unknown>): boolean {
  return [...files.keys()].some((path) => Buffer.byteLength(path) > nameBytes);
}

function headerOf(path: string, size: number): Buffer {
  const header = Buffer.alloc(blockBytes);
  if (Buffer.byteLength(path) > nameBytes) throw new Error(`${path} is too long for an archive`);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  // The sum counts itself as blanks.
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
