interface Emitter {
  emit(type: string, payload: object): void;
}

interface StockConsumerGroup {
  readonly generationId: number | null;
  instrumentationEmitter: Emitter;
}

export type ConsumerGroupClass = new (options: never) => StockConsumerGroup;

/** What the event GROUP_JOIN has beside what kafkajs declares. */
export interface JoinedGeneration {
  readonly generationId: number;
}

const GROUP_JOIN = 'consumer.group_join';

/**
 * A ConsumerGroup whose event GROUP_JOIN has the generation of the assignment, too. It is emitted in the same turn in which the
 * assignment is taken, so the generation read here is the one that was joined.
 */
export function tellingGeneration(Stock: ConsumerGroupClass): ConsumerGroupClass {
  return class TellingConsumerGroup extends Stock {
    constructor(options: never) {
      super(options);
      const stock = this.instrumentationEmitter;
      this.instrumentationEmitter = {
        emit: (type, payload) => stock.emit(type, type === GROUP_JOIN ? { ...payload, generationId: this.generationId } : payload),
      };
    }
  };
}
