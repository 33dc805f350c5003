"""Prints every committed record of the topics as one JSON line, its value read with the schema that the registry has for it."""

import base64
import datetime
import json
import sys

from confluent_kafka import Consumer, KafkaError, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

EPOCH = datetime.datetime.fromtimestamp(0, datetime.timezone.utc)


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(milliseconds=1)
    raise TypeError(f"{type(value)} has no JSON form")


bootstrap, registry, *topics = sys.argv[1:]
deserialize = AvroDeserializer(SchemaRegistryClient({"url": registry}))
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
assignment = [
    TopicPartition(topic, partition, 0) for topic in topics for partition in consumer.list_topics(topic, timeout=30).topics[topic].partitions
]
waiting = {(each.topic, each.partition) for each in assignment}
consumer.assign(assignment)
while waiting:
    message = consumer.poll(1.0)
    if message is None:
        continue
    error = message.error()
    if error is not None and error.code() == KafkaError._PARTITION_EOF:
        waiting.discard((message.topic(), message.partition()))
    elif error is not None:
        sys.exit(str(error))
    else:
        record = {
            "topic": message.topic(),
            "partition": message.partition(),
            "offset": message.offset(),
            "timestamp": message.timestamp()[1],
            "key": message.key().decode(),
            "headers": [[name, value.decode()] for name, value in message.headers()],
            "value": deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE)),
        }
        print(json.dumps(record, default=plain))
consumer.close()
