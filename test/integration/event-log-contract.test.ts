import { eventLogContract } from '@switchboard/event-log/testing';
import { describeWithBroker } from '../support/broker.ts';
import { openKafkaParts } from '../support/event-log.ts';

describeWithBroker('contract of the event log', (brokers) => {
  eventLogContract('Kafka log', async (topics) => {
    const kafka = openKafkaParts(brokers);
    await kafka.createTopics(topics);
    return { log: kafka.log, stop: () => kafka.deleteTopics(topics.map(({ name }) => name)) };
  });
});
