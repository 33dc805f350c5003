import type { Broker, EncodedRequest } from '../kafkajs/cluster/internals.ts';
import { FlexibleReader } from './flexible.ts';

/** A request in a version that kafkajs does not have. */
export interface RawRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  /**
   * The broker may respond that many milliseconds later. Such a request has the second connection to the broker, as Fetch requests
   * have: a broker reads the next request of a connection once it has responded to the last one.
   */
  readonly waitsMs?: number;
  encode(): EncodedRequest;
}

/** One of a flexible version. */
export interface WireRequest<Response> extends RawRequest {
  /** Reads the fields of the response. Throws ResponseError for an error of the request as a whole. */
  decode(reader: FlexibleReader): Response;
}

/** A broker refused a request; `protocolCode` reads the code. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  readonly type: string;
  readonly code: number;

  constructor(apiName: string, code: number, message = `error ${code}`) {
    super(`${apiName}: ${message}`);
    this.type = apiName;
    this.code = code;
  }
}

const SECOND_CONNECTION = 1;
const UNSUPPORTED_VERSION = 35;

/** As sendRaw, for a request of a flexible version. */
export async function askBroker<Response>(broker: Broker, wire: WireRequest<Response>): Promise<Response> {
  return wire.decode(new FlexibleReader(await sendRaw(broker, wire)));
}

/**
 * Sends the request over kafkajs's connection; resolves with the body of the response. Throws when the broker does not know its
 * version (Kafka before 2.5). `requestTimeout`: milliseconds, instead of that of the cluster.
 */
export async function sendRaw(broker: Broker, raw: RawRequest, requestTimeout?: number): Promise<Buffer> {
  const { apiKey, apiVersion, apiName, waitsMs } = raw;
  const range = broker.versions?.[apiKey];
  if (broker.versions !== null && (range === undefined || range.minVersion > apiVersion || range.maxVersion < apiVersion)) {
    const message = `the broker does not know version ${apiVersion}: Kafka 2.5 or newer is needed`;
    throw new ResponseError(apiName, UNSUPPORTED_VERSION, message);
  }
  const pool = broker.connectionPool;
  const connection = waitsMs === undefined ? pool : await pool.getConnection(SECOND_CONNECTION);
  const { body } = await connection.send({
    request: { apiKey, apiVersion, apiName, encode: async () => raw.encode() },
    response: {
      // kafkajs's connection holds back requests for the time that the broker throttles, which it applies itself as well.
      decode: async (payload) => ({ body: payload, clientSideThrottleTime: 0 }),
      parse: async (decoded) => decoded,
    },
    requestTimeout: requestTimeout ?? waitsMs ?? null,
    logResponseError: false,
  });
  return body;
}
