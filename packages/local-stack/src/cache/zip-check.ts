import { open } from 'node:fs/promises';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 65_535;

/**
 * Whether the file is a whole zip archive: its directory, which stands at the very end, is there and begins where the end record says.
 * A download that was cut short has no such end. Reads the end of the file only.
 */
export async function isWholeZip(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, END_LENGTH + LONGEST_COMMENT));
    await file.read(tail, 0, tail.length, size - tail.length);
    const end = endRecordOffset(tail);
    if (end === undefined) return false;
    const directoryLength = tail.readUInt32LE(end + 12);
    const directoryOffset = tail.readUInt32LE(end + 16);
    if (directoryOffset + directoryLength > size - tail.length + end) return false;
    const first = Buffer.alloc(4);
    await file.read(first, 0, 4, directoryOffset);
    return first.readUInt32LE(0) === DIRECTORY_ENTRY;
  } finally {
    await file.close();
  }
}

function endRecordOffset(tail: Buffer): number | undefined {
  for (let offset = tail.length - END_LENGTH; offset >= 0; offset -= 1) {
    const comment = tail.length - offset - END_LENGTH;
    if (tail.readUInt32LE(offset) === END_OF_DIRECTORY && tail.readUInt16LE(offset + 20) === comment) return offset;
  }
  return undefined;
}
