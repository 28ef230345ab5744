"""Step Functions, Secrets Manager and SES by boto3."""

import json
import time

from places import client
from trial import config, refused, same, trial

sfn = client("stepfunctions", "stepfunctions")
secrets = client("secretsmanager", "secretsmanager")
ses = client("ses", "ses")
sesv2 = client("sesv2", "ses")
arn = config["machineArn"]


def start(name, given):
    return sfn.start_execution(stateMachineArn=arn, name=name, input=json.dumps(given))["executionArn"]


def ended(execution):
    while (told := sfn.describe_execution(executionArn=execution))["status"] == "RUNNING":
        time.sleep(0.05)
    return told


@trial("Step Functions: API")
def _():
    """an execution is started, described and told in pages, forwards and backwards"""
    execution = start("told", {"wait": False})
    told = ended(execution)
    same((told["status"], json.loads(told["output"])), ("SUCCEEDED", {"said": {"wait": False}}))
    history = lambda **more: [
        event["id"]
        for page in sfn.get_paginator("get_execution_history").paginate(
            executionArn=execution, PaginationConfig={"PageSize": 2}, **more
        )
        for event in page["events"]
    ]
    same(history(), [1, 2, 3, 4, 5, 6])
    same(history(reverseOrder=True), [6, 5, 4, 3, 2, 1])


@trial("Step Functions: API")
def _():
    """a running execution is found by its name and input, listed and stopped"""
    execution = start("waits", {"wait": True})
    same(start("waits", {"wait": True}), execution)
    refused("ExecutionAlreadyExists", lambda: start("waits", {"wait": True, "more": 1}))
    found = sfn.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
    same([one["name"] for one in found], ["waits"])
    sfn.stop_execution(executionArn=execution, error="E", cause="C")
    told = ended(execution)
    same((told["status"], told["error"], told["cause"]), ("ABORTED", "E", "C"))


@trial("Step Functions: API")
def _():
    """requests that can't be"""
    begin = lambda **more: sfn.start_execution(**{"stateMachineArn": arn, **more})
    refused("InvalidExecutionInput", lambda: begin(input="{"))
    refused("InvalidName", lambda: begin(name="a b"))
    refused("InvalidArn", lambda: begin(stateMachineArn="nonsense"))
    refused("StateMachineDoesNotExist", lambda: begin(stateMachineArn=arn + "x"))
    absent = arn.replace("stateMachine", "execution") + ":absent"
    refused("ExecutionDoesNotExist", lambda: sfn.describe_execution(executionArn=absent))
    refused("ExecutionDoesNotExist", lambda: sfn.get_execution_history(executionArn=absent))
    refused("InvalidToken", lambda: sfn.list_executions(stateMachineArn=arn, nextToken="nonsense"))


@trial("Step Functions: API")
def _():
    """machines are listed and described"""
    same([one["name"] for one in sfn.list_state_machines()["stateMachines"]], ["Echo"])
    told = sfn.describe_state_machine(stateMachineArn=arn)
    same((told["status"], told["type"], json.loads(told["definition"])["StartAt"]), ("ACTIVE", "STANDARD", "Which"))


@trial("Secrets Manager")
def _():
    """a secret is read by name and by ARN, described, listed and replaced"""
    told = secrets.get_secret_value(SecretId="plain/secret")
    same((told["Name"], json.loads(told["SecretString"]), told["VersionStages"]), ("plain/secret", {"user": "u"}, ["AWSCURRENT"]))
    same(secrets.get_secret_value(SecretId=told["ARN"])["VersionId"], told["VersionId"])
    put = secrets.put_secret_value(SecretId="plain/secret", SecretString="new")
    same(put["VersionId"] != told["VersionId"], True)
    same(secrets.get_secret_value(SecretId="plain/secret")["SecretString"], "new")
    same(secrets.describe_secret(SecretId="plain/secret")["Name"], "plain/secret")
    same([one["Name"] for one in secrets.list_secrets()["SecretList"]], ["plain/secret"])


@trial("Secrets Manager")
def _():
    """what isn't there"""
    refused("ResourceNotFoundException", lambda: secrets.get_secret_value(SecretId="absent"))
    refused("ResourceNotFoundException", lambda: secrets.put_secret_value(SecretId="absent", SecretString="x"))


def send(source="a@example.com", to=("b@example.net",), **more):
    message = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
    return ses.send_email(Source=source, Destination={"ToAddresses": list(to), **more}, Message=message)


@trial("SES")
def _():
    """mails of both APIs are taken, composed and raw"""
    same(bool(send("A <a@example.com>", CcAddresses=["c@example.net"])["MessageId"]), True)
    raw = b"From: a@example.com\r\nTo: b@example.net\r\nSubject: s\r\n\r\nt\r\n"
    same(bool(ses.send_raw_email(RawMessage={"Data": raw})["MessageId"]), True)
    to = {"ToAddresses": ["b@example.net"]}
    simple = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Html": {"Data": "<p>t</p>"}}}}
    same(bool(sesv2.send_email(FromEmailAddress="a@example.com", Destination=to, Content=simple)["MessageId"]), True)
    same(bool(sesv2.send_email(Content={"Raw": {"Data": raw}})["MessageId"]), True)


@trial("SES")
def _():
    """mails that can't be"""
    many = [f"r{number}@example.net" for number in range(51)]
    refused("InvalidParameterValue", lambda: send(to=many), "Recipient count exceeds 50.")
    refused("InvalidParameterValue", lambda: send(to=["b"]), "Missing final '@domain'")
    refused("MessageRejected", lambda: send("a@elsewhere.example"), "Email address is not verified.")
    large = b"From: a@example.com\r\nTo: b@example.net\r\n\r\n" + b"x" * (10 * 1024 * 1024)
    refused("InvalidParameterValue", lambda: ses.send_raw_email(RawMessage={"Data": large}), "Message length is more than")
    twice = b"From: a@example.com\r\nTo: b@example.net\r\nSubject: s\r\nSubject: t\r\n\r\nt\r\n"
    refused("InvalidParameterValue", lambda: ses.send_raw_email(RawMessage={"Data": twice}), "Duplicate header 'Subject'.")
    simple = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
    refused(
        "BadRequestException",
        lambda: sesv2.send_email(FromEmailAddress="a@example.com", Destination={"ToAddresses": many}, Content=simple),
    )
