import { createKafkaLog } from '@switchboard/event-log';
import { eventLogContract } from '@switchboard/event-log/testing';
import { describeWithBroker } from '../support/broker.ts';
import { openKafkaParts } from '../support/event-log.ts';

describeWithBroker('contract of the event log', (brokers) => {
  eventLogContract('Kafka log', async (topics) => {
    const kafka = openKafkaParts(brokers);
    await kafka.createTopics(topics);
    return { log: kafka.log, stop: () => kafka.deleteTopics(topics.map(({ name }) => name)) };
  });

  eventLogContract('Kafka log with a prefix', async (topics) => {
    const topicPrefix = 'contract-prefix.';
    const kafka = openKafkaParts(brokers);
    const prefixed = topics.map((topic) => ({ ...topic, name: `${topicPrefix}${topic.name}` }));
    await kafka.createTopics(prefixed);
    const log = createKafkaLog({ brokers, clientId: 'switchboard-tests', topicPrefix });
    return { log, stop: () => kafka.deleteTopics(prefixed.map(({ name }) => name)) };
  });
});
