"""Prints `partition offset value` for every committed record of a topic, up to its end at the start."""

import sys

from confluent_kafka import Consumer, KafkaError, TopicPartition

bootstrap, topic = sys.argv[1:3]
consumer = Consumer(
    {
        "bootstrap.servers": bootstrap,
        "group.id": "unused",
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
    }
)
partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
ends = {partition: consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)[1] for partition in partitions}
consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
waiting = {partition for partition, end in ends.items() if end > 0}
while waiting:
    message = consumer.poll(1.0)
    if message is None:
        continue
    if message.error() is None:
        print(message.partition(), message.offset(), message.value().decode())
    elif message.error().code() == KafkaError._PARTITION_EOF:
        # The end may be that of the decided records only.
        if message.offset() >= ends[message.partition()]:
            waiting.discard(message.partition())
    else:
        sys.exit(str(message.error()))
consumer.close()
