import type { Broker, EncodedRequest } from '../kafkajs/cluster/internals.ts';
import { FlexibleReader } from './flexible.ts';

/** A request of a version that kafkajs does not have. */
export interface WireRequest<Response> {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  encode(): EncodedRequest;
  /** Reads the fields of the response. Throws ResponseError for an error of the request as a whole. */
  decode(reader: FlexibleReader): Response;
}

/** A broker refused a request; `protocolCode` reads the code. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  readonly type: string;
  readonly code: number;

  constructor(apiName: string, code: number) {
    super(`${apiName}: error ${code}`);
    this.type = apiName;
    this.code = code;
  }
}

/** Sends the request over kafkajs's connection. Throws when the broker does not know its version (Kafka before 2.5). */
export async function askBroker<Response>(broker: Broker, wire: WireRequest<Response>): Promise<Response> {
  const { apiKey, apiVersion, apiName } = wire;
  const range = broker.versions?.[apiKey];
  if (broker.versions !== null && (range === undefined || range.minVersion > apiVersion || range.maxVersion < apiVersion)) {
    throw new Error(`the broker does not know version ${apiVersion} of ${apiName}: Kafka 2.5 or newer is needed`);
  }
  const { value } = await broker.connectionPool.send({
    request: { apiKey, apiVersion, apiName, encode: async () => wire.encode() },
    response: {
      // kafkajs's connection holds back requests for the time that the broker throttles, which it applies itself as well.
      decode: async (payload) => ({ value: wire.decode(new FlexibleReader(payload)), clientSideThrottleTime: 0 }),
      parse: async (decoded) => decoded,
    },
    logResponseError: false,
  });
  return value;
}
