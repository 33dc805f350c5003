import { type LogLogger, silentLogger } from '../../logger.ts';
import type { KafkaClient } from '../client/client.ts';

/** A client each of whose clusters is this one. */
export function clientOf(cluster: object, logger: LogLogger = silentLogger): KafkaClient {
  const kafka = { [Symbol('private:Kafka:createCluster')]: () => cluster };
  return { logger, open: () => kafka as unknown as ReturnType<KafkaClient['open']> };
}
