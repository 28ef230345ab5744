"""What people type: the AWS command line, version 1, against the services."""

import json
import os
import subprocess
import sys
import tempfile

from trial import config, same, tell, trial

aws = os.path.join(os.path.dirname(sys.executable), "aws")
folder = tempfile.mkdtemp()
environment = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": config["accessKeyId"],
    "AWS_SECRET_ACCESS_KEY": config["secretAccessKey"],
    "AWS_REGION": config["region"],
    "AWS_DEFAULT_REGION": config["region"],
    "AWS_CONFIG_FILE": os.path.join(folder, "none"),
    **{f"AWS_ENDPOINT_URL_{name.upper()}": url for name, url in config["endpoints"].items()},
    "AWS_ENDPOINT_URL_SFN": config["endpoints"]["stepfunctions"],
    "AWS_ENDPOINT_URL_SECRETS_MANAGER": config["endpoints"]["secretsmanager"],
}


def run(*words):
    done = subprocess.run([aws, *words], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr.strip() or f"status {done.returncode}")
    return done.stdout


def sqs(*words):
    # Its old endpoints come before the variable.
    return run("--endpoint-url", config["endpoints"]["sqs"], "sqs", *words)


def file(name, body):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as opened:
        opened.write(body)
    return path


@trial("AWS command line")
def _():
    """s3 ls, cp up and down, mv, rm, in parts where a file is large"""
    large = os.urandom(12 * 1024 * 1024)
    up, down = file("up/large", large), os.path.join(folder, "down")
    run("s3", "cp", up, "s3://plain/cli/large")
    run("s3", "cp", "s3://plain/cli/large", "s3://plain/cli/copy")
    run("s3", "cp", "s3://plain/cli/copy", down)
    with open(down, "rb") as opened:
        same(opened.read() == large, True)
    run("s3", "mv", "s3://plain/cli/copy", "s3://plain/cli/moved")
    listed = run("s3", "ls", "s3://plain/cli/", "--recursive", "--summarize")
    same(("cli/large" in listed, "cli/moved" in listed, "Total Objects: 2" in listed), (True, True, True))
    same("plain" in run("s3", "ls"), True)
    run("s3", "rm", "s3://plain/cli/", "--recursive")
    same("Contents" in run("s3api", "list-objects-v2", "--bucket", "plain", "--prefix", "cli/"), False)


@trial("AWS command line")
def _():
    """s3 sync both ways, and what is gone"""
    for name in ["a", "b/ä c"]:
        file(f"sync/{name}", name.encode())
    here = os.path.join(folder, "sync")
    run("s3", "sync", here, "s3://plain/sync")
    there = os.path.join(folder, "back")
    run("s3", "sync", "s3://plain/sync", there)
    same(os.path.exists(os.path.join(there, "b/ä c")), True)
    os.remove(os.path.join(here, "a"))
    run("s3", "sync", here, "s3://plain/sync", "--delete")
    same("sync/a" in run("s3", "ls", "s3://plain/sync", "--recursive"), False)


@trial("AWS command line")
def _():
    """s3api tells versions, heads and tags"""
    run("s3", "cp", file("one", b"1"), "s3://versioned/cli")
    run("s3", "cp", file("one", b"2"), "s3://versioned/cli")
    told = json.loads(run("s3api", "list-object-versions", "--bucket", "versioned", "--prefix", "cli"))
    same(len(told["Versions"]), 2)
    run("s3api", "put-object-tagging", "--bucket", "versioned", "--key", "cli", "--tagging", "TagSet=[{Key=a,Value=1}]")
    told = json.loads(run("s3api", "head-object", "--bucket", "versioned", "--key", "cli", "--checksum-mode", "ENABLED"))
    same((told["ContentLength"], "ChecksumType" in told), (1, True))


@trial("AWS command line")
def _():
    """sqs, stepfunctions and secretsmanager"""
    url = json.loads(sqs("get-queue-url", "--queue-name", "work"))["QueueUrl"]
    sqs("send-message", "--queue-url", url, "--message-body", "typed")
    told = json.loads(sqs("receive-message", "--queue-url", url))["Messages"]
    same([one["Body"] for one in told], ["typed"])
    sqs("delete-message", "--queue-url", url, "--receipt-handle", told[0]["ReceiptHandle"])
    begun = json.loads(
        run("stepfunctions", "start-execution", "--state-machine-arn", config["machineArn"], "--input", '{"wait":false}')
    )
    told = json.loads(run("stepfunctions", "get-execution-history", "--execution-arn", begun["executionArn"]))
    same(told["events"][0]["type"], "ExecutionStarted")
    told = json.loads(run("secretsmanager", "get-secret-value", "--secret-id", "plain/secret"))
    same("SecretString" in told, True)


tell(run("--version").split()[0].replace("/", " "))
