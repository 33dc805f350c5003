"""Writes topics and committed offsets to files, as librdkafka reads them.

Usage: dump_topics.py BOOTSTRAP DIRECTORY (topic=NAME | hashed=NAME | group=NAME)...

Every committed record of a topic, from the beginning to its end at the start, becomes a line of DIRECTORY/NAME.jsonl; a hashed topic's
values are replaced with their SHA-256. Committed offsets of the groups become lines of DIRECTORY/committed.jsonl.
"""

import hashlib
import json
import sys
import time
from base64 import b64encode
from os.path import join

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

TIMEOUT_S = 60
REQUEST_TIMEOUT_S = 10
BATCH = 5_000


def patiently(action):
    """While leaders move, brokers refuse what they answer a moment later; everything here may be asked again."""
    deadline = time.monotonic() + 2 * TIMEOUT_S
    while True:
        try:
            return action()
        except KafkaException:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def text(value):
    return None if value is None else b64encode(value).decode("ascii")


def line(message, hashed):
    fields = {
        "partition": message.partition(),
        "offset": message.offset(),
        "key": text(message.key()),
        "headers": [[name, text(value)] for name, value in message.headers() or []],
    }
    value = message.value()
    if hashed:
        fields["hash"] = None if value is None else hashlib.sha256(value).hexdigest()
    else:
        fields["value"] = text(value)
    return json.dumps(fields, separators=(",", ":")) + "\n"


def ends_of(admin, consumer, topic):
    partitions = admin.list_topics(topic, timeout=TIMEOUT_S).topics[topic].partitions
    others = consumer.list_topics(topic, timeout=TIMEOUT_S).topics[topic].partitions
    wanted = {TopicPartition(topic, partition): OffsetSpec.latest() for partition in partitions}
    found = admin.list_offsets(wanted, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=REQUEST_TIMEOUT_S)
    # While leaders move, what some of them should have answered may be absent or negative, without a word.
    ends = {at.partition: future.result().offset for at, future in found.items() if future.result().offset >= 0}
    missing = (set(partitions) | set(others)) - set(ends)
    if missing or any(partition.leader < 0 for partition in partitions.values()):
        raise KafkaException(KafkaError(KafkaError.LEADER_NOT_AVAILABLE, f"{topic}: no end of {sorted(missing)}"))
    return ends


def committed_of(admin, group):
    found = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)], request_timeout=REQUEST_TIMEOUT_S)
    return found[group].result().topic_partitions


def dump(admin, consumer, topic, hashed, path):
    ends = patiently(lambda: ends_of(admin, consumer, topic))
    waiting = {partition for partition, end in ends.items() if end > 0}
    consumer.assign([TopicPartition(topic, partition, 0) for partition in ends])
    with open(path, "w", encoding="utf-8") as out:
        while waiting:
            for message in consumer.consume(BATCH, 1.0):
                error = message.error()
                if error is not None and error.code() != KafkaError._PARTITION_EOF:
                    if error.fatal() or error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
                        sys.exit(str(error))
                    continue
                # The end of a partition may be a mark of a transaction, which no message shows; the event at its end does.
                reached = message.offset() if error is not None else message.offset() + 1
                if error is None and message.offset() < ends[message.partition()]:
                    out.write(line(message, hashed))
                if reached >= ends[message.partition()]:
                    waiting.discard(message.partition())
    consumer.unassign()


def committed(admin, groups, path):
    with open(path, "w", encoding="utf-8") as out:
        for group in groups:
            for at in patiently(lambda group=group: committed_of(admin, group)):
                out.write(json.dumps({"group": group, "topic": at.topic, "partition": at.partition, "offset": at.offset}) + "\n")


def main(bootstrap, directory, wishes):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "unused",
            "isolation.level": "read_committed",
            "auto.offset.reset": "error",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    groups = []
    for wish in wishes:
        kind, name = wish.split("=", 1)
        if kind == "group":
            groups.append(name)
        else:
            dump(admin, consumer, name, kind == "hashed", join(directory, f"{name}.jsonl"))
    if groups:
        committed(admin, groups, join(directory, "committed.jsonl"))
    consumer.close()


main(sys.argv[1], sys.argv[2], sys.argv[3:])
