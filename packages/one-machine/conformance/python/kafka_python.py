"""The broker by kafka-python."""

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from trial import config, same, tell, trial

brokers = config["kafka"]
patience_ms = 60_000


def admin():
    return KafkaAdminClient(bootstrap_servers=brokers)


def send(topic, values, **more):
    producer = KafkaProducer(bootstrap_servers=brokers, acks="all", **more)
    for value in values:
        producer.send(topic, key=b"k", value=value, headers=[("h", b"v"), ("empty", b"")]).get(60)
    producer.close()


def read(topic, count, **more):
    consumer = KafkaConsumer(
        topic, bootstrap_servers=brokers, auto_offset_reset="earliest", consumer_timeout_ms=patience_ms, **more
    )
    seen = []
    for record in consumer:
        seen.append(record)
        if len(seen) == count:
            break
    consumer.close()
    return seen


@trial("Kafka: kafka-python")
def _():
    """a topic is made, listed and removed"""
    client = admin()
    client.create_topics([NewTopic("py-made", 2, 1)])
    same("py-made" in client.list_topics(), True)
    client.delete_topics(["py-made"])
    same("py-made" in client.list_topics(), False)
    client.close()


for compression in [None, "gzip"]:

    def round_trip(compression=compression):
        topic = f"py-{compression}"
        client = admin()
        client.create_topics([NewTopic(topic, 1, 1)])
        client.close()
        values = [f"value {number}".encode() for number in range(50)]
        send(topic, values, compression_type=compression)
        seen = read(topic, 50, group_id=f"of-{topic}")
        same([record.value for record in seen], values)
        same((seen[0].key, dict(seen[0].headers)), (b"k", {"h": b"v", "empty": b""}))

    round_trip.__doc__ = f"records come back in order with key and headers, compressed by {compression or 'nothing'}"
    trial("Kafka: kafka-python")(round_trip)


@trial("Kafka: kafka-python")
def _():
    """a group goes on where it committed"""
    client = admin()
    client.create_topics([NewTopic("py-group", 1, 1)])
    client.close()
    send("py-group", [b"a", b"b"])
    first = read("py-group", 2, group_id="py-readers")
    send("py-group", [b"c"])
    same([one.value for one in first + read("py-group", 1, group_id="py-readers")], [b"a", b"b", b"c"])


@trial("Kafka: kafka-python")
def _():
    """offsets are told at the ends and by time"""
    client = admin()
    client.create_topics([NewTopic("py-offsets", 1, 1)])
    client.close()
    send("py-offsets", [b"a", b"b"])
    consumer = KafkaConsumer(bootstrap_servers=brokers)
    place = TopicPartition("py-offsets", 0)
    same((consumer.beginning_offsets([place])[place], consumer.end_offsets([place])[place]), (0, 2))
    same(consumer.offsets_for_times({place: 0})[place].offset, 0)
    consumer.close()


tell(f"kafka-python {kafka.__version__}")
