"""A stranger to Carillon: knows its broker, its registry and Avro, and nothing of its code.

    stranger.py read  --brokers B --registry R [--prefix P]                  decodes every record of every topic
    stranger.py write --brokers B --registry R --topic T --subject S         sends one record that fits, one that does not

Prints a JSON line for each record; ends with an error at the first that it cannot decode.
"""

import argparse
import io
import json
import struct
import sys
import urllib.parse
import urllib.request

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from fastavro import parse_schema, schemaless_reader, schemaless_writer

HEAD = struct.Struct(">bI")
TIMEOUT_S = 20


def ask(registry: str, path: str) -> dict:
    with urllib.request.urlopen(registry.rstrip("/") + path, timeout=TIMEOUT_S) as answer:
        return json.load(answer)


def read(args: argparse.Namespace) -> None:
    topics = AdminClient({"bootstrap.servers": args.brokers}).list_topics(timeout=TIMEOUT_S).topics
    consumer = Consumer(
        {
            "bootstrap.servers": args.brokers,
            "group.id": "stranger",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    ends: dict[tuple[str, int], int] = {}
    starts = []
    for name, topic in sorted(topics.items()):
        if not name.startswith(args.prefix) or name.startswith("__"):
            continue
        for partition in topic.partitions:
            low, high = consumer.get_watermark_offsets(TopicPartition(name, partition), timeout=TIMEOUT_S)
            if low < high:
                ends[name, partition] = high
                starts.append(TopicPartition(name, partition, low))
    consumer.assign(starts)
    read_until(consumer, args.registry, ends)
    consumer.close()


def read_until(consumer: Consumer, registry: str, ends: dict[tuple[str, int], int]) -> None:
    schemas: dict[int, dict] = {}
    while ends:
        message = consumer.poll(TIMEOUT_S)
        if message is None:
            raise TimeoutError(f"nothing came of {sorted(ends)}")
        place = (message.topic(), message.partition())
        if message.error():
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise RuntimeError(str(message.error()))
            # Compaction may have left the end empty.
            ends.pop(place, None)
            continue
        if message.offset() >= ends.get(place, 0):
            continue
        name, value = decode(registry, schemas, message.value())
        where = {"topic": message.topic(), "partition": message.partition(), "offset": message.offset()}
        print(json.dumps({**where, "schema": name, "value": value}, default=str))
        if message.offset() + 1 == ends[place]:
            del ends[place]


def decode(registry: str, schemas: dict[int, dict], wire: bytes | None) -> tuple[str | None, object]:
    if wire is None:
        return None, None
    magic, schema_id = HEAD.unpack_from(wire)
    if magic != 0:
        raise ValueError("the record has no magic byte")
    if schema_id not in schemas:
        schemas[schema_id] = parse_schema(json.loads(ask(registry, f"/schemas/ids/{schema_id}")["schema"]))
    body = io.BytesIO(wire[HEAD.size :])
    value = schemaless_reader(body, schemas[schema_id], None)
    if body.read():
        raise ValueError("bytes follow the record")
    return schemas[schema_id]["name"], value


def write(args: argparse.Namespace) -> None:
    latest = ask(args.registry, f"/subjects/{urllib.parse.quote(args.subject)}/versions/latest")
    body = io.BytesIO()
    schemaless_writer(body, parse_schema(json.loads(latest["schema"])), json.load(sys.stdin))
    head = HEAD.pack(0, latest["id"])
    producer = Producer({"bootstrap.servers": args.brokers, "acks": "all", "partitioner": "murmur2_random"})
    producer.produce(args.topic, key=b"stranger", value=head + body.getvalue())
    producer.produce(args.topic, key=b"stranger", value=head + body.getvalue()[:-1])
    if producer.flush(TIMEOUT_S) > 0:
        raise TimeoutError("the broker did not take the records")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["read", "write"])
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--registry", required=True)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--topic")
    parser.add_argument("--subject")
    args = parser.parse_args()
    (read if args.command == "read" else write)(args)


main()
