"""SQS by boto3."""

import json

from places import client
from trial import refused, same, trial

sqs = client("sqs", "sqs")
urls = {name: sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ["work", "dead", "ordered.fifo"]}
space = "AWS.SimpleQueueService."


def send(body="x", queue="work", **more):
    return sqs.send_message(QueueUrl=urls[queue], MessageBody=body, **more)


def receive(queue="work", **more):
    more = {"MaxNumberOfMessages": 10, "AttributeNames": ["All"], "MessageAttributeNames": ["All"], **more}
    return sqs.receive_message(QueueUrl=urls[queue], **more).get("Messages", [])


def drop(messages, queue="work"):
    for message in messages:
        sqs.delete_message(QueueUrl=urls[queue], ReceiptHandle=message["ReceiptHandle"])


def batch(*entries, queue="work"):
    return sqs.send_message_batch(QueueUrl=urls[queue], Entries=list(entries))


def entry(name, **more):
    return {"Id": name, "MessageBody": name, **more}


@trial("SQS: messages")
def _():
    """a message comes with its attributes, digests and counts"""
    attributes = {
        "text": {"DataType": "String", "StringValue": "桃"},
        "count": {"DataType": "Number.int", "StringValue": "7"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sent = send("body 桃", MessageAttributes=attributes)
    [message] = receive()
    same((message["Body"], message["MD5OfBody"]), ("body 桃", sent["MD5OfMessageBody"]))
    same(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"])
    same(message["MessageAttributes"], attributes)
    same(message["Attributes"]["ApproximateReceiveCount"], "1")
    same({"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"} <= set(message["Attributes"]), True)
    drop([message])
    drop([message])


@trial("SQS: messages")
def _():
    """attributes are asked for by name and by prefix"""
    value = {"DataType": "String", "StringValue": "x"}
    send(MessageAttributes={"a.one": value, "a.two": value, "b": value})
    [message] = receive(MessageAttributeNames=["a.*"], AttributeNames=["SentTimestamp"], VisibilityTimeout=0)
    same((set(message["MessageAttributes"]), set(message["Attributes"])), ({"a.one", "a.two"}, {"SentTimestamp"}))
    [message] = receive(MessageAttributeNames=["b"], AttributeNames=[])
    same((set(message["MessageAttributes"]), "Attributes" in message), ({"b"}, False))
    drop([message])


@trial("SQS: messages")
def _():
    """messages that can't be"""
    refused("InvalidMessageContents", lambda: send("\x00"))
    refused("InvalidParameterValue", lambda: send("x" * 262_145), "Message must be shorter than 262144 bytes")
    refused("MissingParameter", lambda: send(""))
    refused("InvalidParameterValue", lambda: send(DelaySeconds=901))
    text = {"DataType": "String", "StringValue": "x"}
    refused("InvalidParameterValue", lambda: send(MessageAttributes={f"n{number}": text for number in range(11)}))
    refused("InvalidParameterValue", lambda: send(MessageAttributes={"AWS.x": text}))
    refused("InvalidParameterValue", lambda: send(MessageAttributes={"a..b": text}))
    refused("InvalidParameterValue", lambda: send(MessageAttributes={"a": {"DataType": "Date", "StringValue": "x"}}))
    refused("InvalidParameterValue", lambda: send(MessageAttributes={"a": {"DataType": "Number", "StringValue": "x"}}))
    refused("InvalidParameterValue", lambda: send(MessageAttributes={"a": {"DataType": "String", "StringValue": ""}}))


@trial("SQS: messages")
def _():
    """what can't be asked for"""
    for more in [{"MaxNumberOfMessages": 11}, {"MaxNumberOfMessages": 0}, {"WaitTimeSeconds": 21}]:
        refused("InvalidParameterValue", lambda more=more: receive(**more))
    refused("InvalidParameterValue", lambda: receive(VisibilityTimeout=43_201))
    refused("InvalidAttributeName", lambda: receive(AttributeNames=["Nonsense"]))
    drop_it = lambda handle: sqs.delete_message(QueueUrl=urls["work"], ReceiptHandle=handle)
    refused("ReceiptHandleIsInvalid", lambda: drop_it("garbage"))
    refused(space + "NonExistentQueue", lambda: sqs.get_queue_url(QueueName="absent"))
    refused(space + "NonExistentQueue", lambda: sqs.send_message(QueueUrl=urls["work"] + "x", MessageBody="x"))


@trial("SQS: visibility")
def _():
    """a message is hidden while it is in hand, and comes back when it is let go"""
    send()
    [message] = receive()
    same(receive(), [])
    change = lambda seconds: sqs.change_message_visibility(
        QueueUrl=urls["work"], ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=seconds
    )
    refused("InvalidParameterValue", lambda: change(43_201))
    change(0)
    refused(space + "MessageNotInflight", lambda: change(10))
    [message] = receive()
    same(message["Attributes"]["ApproximateReceiveCount"], "2")
    drop([message])
    refused("InvalidParameterValue", lambda: change(10))


@trial("SQS: visibility")
def _():
    """a message that was received too often goes to the dead letters, with where it came from"""
    send("poison")
    for _ in range(2):
        same(len(receive(VisibilityTimeout=0)), 1)
    same(receive(), [])
    [message] = receive("dead")
    same(message["Attributes"]["DeadLetterQueueSourceArn"].split(":")[-1], "work")
    drop([message], "dead")


@trial("SQS: batches")
def _():
    """each entry has its own outcome"""
    told = batch(entry("a"), entry("b", DelaySeconds=901), entry("c"))
    same(([one["Id"] for one in told["Successful"]], [one["Id"] for one in told["Failed"]]), (["a", "c"], ["b"]))
    same((told["Failed"][0]["SenderFault"], told["Failed"][0]["Code"]), (True, "InvalidParameterValue"))
    messages = receive()
    entries = [{"Id": str(at), "ReceiptHandle": one["ReceiptHandle"]} for at, one in enumerate(messages)]
    told = sqs.delete_message_batch(QueueUrl=urls["work"], Entries=entries + [{"Id": "z", "ReceiptHandle": "garbage"}])
    same((len(told["Successful"]), told["Failed"][0]["Code"]), (2, "ReceiptHandleIsInvalid"))


@trial("SQS: batches")
def _():
    """batches that can't be"""
    refused(space + "EmptyBatchRequest", lambda: batch())
    refused(space + "TooManyEntriesInBatchRequest", lambda: batch(*[entry(str(number)) for number in range(11)]))
    refused(space + "BatchEntryIdsNotDistinct", lambda: batch(entry("a"), entry("a")))
    refused(space + "InvalidBatchEntryId", lambda: batch(entry("a b")))


@trial("SQS: FIFO")
def _():
    """a group comes in order, and goes on when it is let go"""
    for number in range(3):
        send(str(number), "ordered.fifo", MessageGroupId="g", MessageDeduplicationId=f"d{number}")
    send("other", "ordered.fifo", MessageGroupId="h", MessageDeduplicationId="other")
    first = receive("ordered.fifo", MaxNumberOfMessages=1)
    same([one["Body"] for one in first], ["0"])
    same([one["Body"] for one in receive("ordered.fifo")], ["other"])
    drop(first, "ordered.fifo")
    rest = receive("ordered.fifo")
    same([one["Body"] for one in rest], ["1", "2"])
    numbers = [int(one["Attributes"]["SequenceNumber"]) for one in first + rest]
    same(numbers, sorted(numbers))
    drop(rest, "ordered.fifo")


@trial("SQS: FIFO")
def _():
    """the same again is taken and not sent"""
    one = send("a", "ordered.fifo", MessageGroupId="i", MessageDeduplicationId="same")
    other = send("b", "ordered.fifo", MessageGroupId="i", MessageDeduplicationId="same")
    same(one["SequenceNumber"], other["SequenceNumber"])
    messages = receive("ordered.fifo")
    same([message["Body"] for message in messages], ["a"])
    drop(messages, "ordered.fifo")


@trial("SQS: FIFO")
def _():
    """messages that no FIFO queue takes, and a group for one that isn't"""
    refused("MissingParameter", lambda: send("a", "ordered.fifo", MessageDeduplicationId="d"))
    refused("InvalidParameterValue", lambda: send("a", "ordered.fifo", MessageGroupId="g"))
    refused(
        "InvalidParameterValue",
        lambda: send("a", "ordered.fifo", MessageGroupId="g", MessageDeduplicationId="e", DelaySeconds=1),
    )
    refused("InvalidParameterValue", lambda: send("a", "ordered.fifo", MessageGroupId="a b", MessageDeduplicationId="f"))


@trial("SQS: queues")
def _():
    """queues tell their attributes and are listed"""
    told = sqs.get_queue_attributes(QueueUrl=urls["work"], AttributeNames=["All"])["Attributes"]
    same(told["VisibilityTimeout"], "30")
    same(json.loads(told["RedrivePolicy"])["maxReceiveCount"] in (2, "2"), True)
    same(told["QueueArn"].split(":")[-1], "work")
    same({"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "CreatedTimestamp"} <= set(told), True)
    told = sqs.get_queue_attributes(QueueUrl=urls["ordered.fifo"], AttributeNames=["All"])["Attributes"]
    same(told["FifoQueue"], "true")
    refused("InvalidAttributeName", lambda: sqs.get_queue_attributes(QueueUrl=urls["work"], AttributeNames=["No"]))
    same(sqs.list_queues(QueueNamePrefix="w")["QueueUrls"], [urls["work"]])
    sources = sqs.list_dead_letter_source_queues(QueueUrl=urls["dead"])["queueUrls"]
    same(sources, [urls["work"]])


@trial("SQS: queues")
def _():
    """a queue is purged"""
    send()
    sqs.purge_queue(QueueUrl=urls["work"])
    same(receive(), [])
