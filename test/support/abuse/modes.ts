import { randomBytes } from 'node:crypto';
import type { ForgedRequest } from './forged-requests.ts';

/**
 * What a socket of an abuser does. None of them closes its connection.
 * - `silent`: sends nothing.
 * - `half-head`: half a head, then a byte of it every 3 s.
 * - `slow-body`: a head that declares 100 kB, then a byte of body every 3 s.
 * - `hoard-length`: declares 1 MiB, sends all of it but the last byte at once, and waits.
 * - `hoard-chunks`: the same in one chunk, and never the last chunk.
 * - `half-client-hello`: half of the first TLS record.
 * - `garbage`: bytes that are not HTTP.
 * - `refused`: a whole request without a valid credential, another every 3 s.
 * - `refused-unfinished`: the same, the last byte of the body missing.
 * - `slow-reader`: 64 requests without a valid credential back to back, again every second, and never reads a response.
 * - `pipelined`: 2,300 requests of 28 bytes in one packet, again every second, and never reads a response.
 * - `pipelined-forged`: the same with requests without a valid credential, which take as many packets as they need.
 */
export const abuseModes = [
  'silent',
  'half-head',
  'slow-body',
  'hoard-length',
  'hoard-chunks',
  'half-client-hello',
  'garbage',
  'refused',
  'refused-unfinished',
  'slow-reader',
  'pipelined',
  'pipelined-forged',
] as const;

export type AbuseMode = (typeof abuseModes)[number];

export interface Script {
  /** Written when the connection is open. */
  readonly opening: readonly Buffer[];
  /** Written every `everyMs` after that. */
  readonly drip?: { readonly bytes: () => Buffer; readonly everyMs: number };
  readonly reads: boolean;
  /** Spoken below TLS, also where the other modes have done a handshake. */
  readonly belowTls: boolean;
}

const DRIP_MS = 3_000;
const READER_DRIP_MS = 1_000;
const SLOW_BODY_BYTES = 100_000;
const HOARD_BYTES = 1_048_576;
const FEW_PIPELINED = 64;
/** Of the smallest ones, as many as the server reads at once: 64 KiB. */
const MANY_PIPELINED = 2_300;

const BYTE = Buffer.from('a');
const CRLF = Buffer.from('\r\n');
/** Shared by all sockets: the client must stay cheap. */
const hoard = Buffer.alloc(HOARD_BYTES - 1, 'a');
const smallestRequests = repeated(Buffer.from('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'), MANY_PIPELINED);
const everyByte = { bytes: () => BYTE, everyMs: DRIP_MS };

export function scriptOf(mode: AbuseMode, request: ForgedRequest): Script {
  const sends = (opening: readonly Buffer[], drip?: Script['drip']): Script => ({
    opening,
    reads: true,
    belowTls: false,
    ...(drip === undefined ? {} : { drip }),
  });
  const unread = (bytes: Buffer): Script => ({
    ...sends([bytes], { bytes: () => bytes, everyMs: READER_DRIP_MS }),
    reads: false,
  });
  switch (mode) {
    case 'silent':
      return sends([]);
    case 'half-head':
      return sends([Buffer.from('POST /calling/slow HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: a')], everyByte);
    case 'slow-body':
      return sends([request.head(`content-length: ${SLOW_BODY_BYTES}`)], everyByte);
    case 'hoard-length':
      return sends([request.head(`content-length: ${HOARD_BYTES}`), hoard]);
    case 'hoard-chunks':
      return sends([request.head('transfer-encoding: chunked'), Buffer.from(`${hoard.length.toString(16)}\r\n`), hoard, CRLF]);
    case 'half-client-hello':
      return { ...sends([halfClientHello()]), belowTls: true };
    case 'garbage':
      return sends([Buffer.concat([Buffer.from([0xff]), randomBytes(255)])]);
    case 'refused':
      return sends([request.whole()], { bytes: () => request.whole(), everyMs: DRIP_MS });
    case 'refused-unfinished':
      return sends([request.whole().subarray(0, -1)]);
    case 'slow-reader':
      return unread(pipelineOf(request, FEW_PIPELINED));
    case 'pipelined':
      return unread(smallestRequests);
    case 'pipelined-forged':
      return unread(pipelineOf(request, MANY_PIPELINED));
    default:
      return mode satisfies never;
  }
}

/** Made once for all sockets: thousands of signatures at a time would slow down this process and the server beside it. */
const pipelines = new WeakMap<ForgedRequest, Map<number, Buffer>>();

function pipelineOf(request: ForgedRequest, count: number): Buffer {
  const byCount = pipelines.get(request) ?? new Map<number, Buffer>();
  pipelines.set(request, byCount);
  const made = byCount.get(count) ?? repeated(request.whole(), count);
  byCount.set(count, made);
  return made;
}

function repeated(bytes: Buffer, count: number): Buffer {
  return Buffer.alloc(bytes.length * count, bytes);
}

/** A record that announces 512 bytes of handshake and carries 255 of them. */
function halfClientHello(): Buffer {
  return Buffer.concat([
    Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
    randomBytes(32),
    Buffer.alloc(216),
  ]);
}
