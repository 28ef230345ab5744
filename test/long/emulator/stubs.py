"""What MiniStack lacks, stubbed for the proof that the stacks deploy there. Each stub stands in STUBS with its reason;
`python stubs.py` starts MiniStack with them, `python stubs.py --list` prints them. Nothing else of MiniStack is changed."""

import json
import os
import sys

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import msk, secretsmanager
from ministack.services.cloudformation import provisioners

RECORD = "recorded, so that references to it resolve; nothing runs behind it"

# Type of CloudFormation -> why MiniStack can't make it, and what stands there instead.
STUBS = {
    "AWS::RDS::DBCluster": "MiniStack runs databases in Docker; the address is that of our own PostgreSQL, and the owner's secret is made",
    "AWS::RDS::DBInstance": "an instance of that cluster; " + RECORD,
    "AWS::MSK::Cluster": "the service has clusters, CloudFormation's type is missing; the addresses are those of our own broker",
    "AWS::MSK::Configuration": "not known there; " + RECORD,
    "AWS::MSK::Topic": "not known there; our own broker has the topics of the templates",
    "AWS::EC2::SecurityGroupIngress": "no packet is filtered there; " + RECORD,
    "AWS::EC2::SecurityGroupEgress": "no packet is filtered there; " + RECORD,
    "AWS::CloudWatch::Alarm": "made by MiniStack, but for those over a sum of metrics, which it refuses; " + RECORD,
    "AWS::EC2::VPC": "made by MiniStack, which gives it no IPv6 addresses: one block of documentation's is told",
    "AWS::EC2::VPCCidrBlock": "functions run on this machine's network; " + RECORD,
    "AWS::EC2::EgressOnlyInternetGateway": "functions run on this machine's network; " + RECORD,
    "AWS::EC2::FlowLog": "no packet is refused there; " + RECORD,
    "Custom::VpcRestrictDefaultSG": "the function of the CDK needs a part of the SDK (ec2) that Lambda's image has and MiniStack has not; " + RECORD,
    "Custom::MskBootstrapBrokers": "likewise (kafka); the addresses are those of our own broker",
    "AWS::EMRServerless::Application": "Spark is in no part of this proof; " + RECORD,
    "AWS::Lambda::Function": "made by MiniStack; variables in PROOF_VARIABLES replace the template's: the file of authorities that "
    "Lambda's image has, sites of the internet, and the way to sign in to the brokers",
}


def _recorded(resource_type):
    service, kind = resource_type.split("::")[-2:]

    def create(logical_id, props, stack_name):
        name = f"{logical_id}-{new_uuid()[:8]}"
        arn = f"arn:aws:{service.lower()}:{get_region()}:{get_account_id()}:{kind.lower()}/{name}"
        ref = arn if service in ("MSK",) else name
        return ref, {"Arn": arn, "Id": name, "ApplicationId": name, "LatestRevision.Revision": "1"}

    return {
        "create": create,
        "update": lambda physical_id, old_props, new_props, stack_name, *_: (physical_id, {}),
        "delete": lambda physical_id, props: None,
    }


def _database():
    """The cluster as MiniStack records it, at the address of a PostgreSQL that runs."""
    own = provisioners._RESOURCE_HANDLERS["AWS::RDS::DBCluster"]
    host, port = os.environ["PROOF_DATABASE"].rsplit(":", 1)

    def create(logical_id, props, stack_name):
        physical_id, attributes = own["create"](logical_id, {**props, "Port": int(port)}, stack_name)
        value = json.dumps({"username": props.get("MasterUsername"), "password": os.environ["PROOF_DATABASE_PASSWORD"]})
        secret = {"Name": f"rds!{physical_id}", "SecretString": value}
        arn = provisioners._sm_secret_create(logical_id, secret, stack_name)[1]["Arn"]
        return physical_id, {
            **attributes,
            "Endpoint.Address": host,
            "Endpoint.Port": port,
            "ReadEndpoint.Address": host,
            "MasterUserSecret.SecretArn": arn,
        }

    def delete(physical_id, props):
        secretsmanager._secrets.pop(f"rds!{physical_id}", None)
        own["delete"](physical_id, props)

    return {**own, "create": create, "delete": delete}


def _brokers():
    """The cluster of MiniStack's own service, which tells the addresses in MINISTACK_MSK_BOOTSTRAP_SASL_IAM."""

    def create(logical_id, props, stack_name):
        body = {"clusterName": props["ClusterName"], "numberOfBrokerNodes": props["NumberOfBrokerNodes"]}
        status, _headers, answer = msk._create_cluster(json.dumps(body))
        if status >= 300:
            raise ValueError(f"MSK refused the cluster: {answer!r}")
        arn = json.loads(answer)["clusterArn"]
        return arn, {"Arn": arn}

    return {
        "create": create,
        "update": lambda physical_id, old_props, new_props, stack_name: (physical_id, {"Arn": physical_id}),
        "delete": lambda physical_id, props: msk._clusters.pop(physical_id, None),
    }


def _network():
    own = provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]

    def create(logical_id, props, stack_name):
        physical_id, attributes = own["create"](logical_id, props, stack_name)
        return physical_id, {**attributes, "Ipv6CidrBlocks": ["2001:db8:1234:1a00::/56"]}

    return {**own, "create": create}


def _alarms():
    own = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]
    recorded = _recorded("AWS::CloudWatch::Alarm")

    def of(props):
        return recorded if "Metrics" in props else own

    def update(physical_id, old_props, new_props, *rest):
        return of(new_props)["update"](physical_id, old_props, new_props, *rest)

    return {
        **own,
        "create": lambda logical_id, props, stack_name: of(props)["create"](logical_id, props, stack_name),
        "update": update,
        "delete": lambda physical_id, props: of(props)["delete"](physical_id, props),
    }


def _addresses():
    def create(logical_id, props, stack_name):
        addresses = msk._bootstrap_strings("")["BootstrapBrokerStringSaslIam"]
        asked = json.loads(props["Create"]) if "Create" in props else json.loads(props["Update"])
        return asked["physicalResourceId"]["id"], {"BootstrapBrokerStringSaslIam": addresses}

    return {
        "create": create,
        "update": lambda physical_id, old_props, new_props, stack_name: create("", new_props, stack_name),
        "delete": lambda physical_id, props: None,
    }


def _functions():
    own = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    replaced = json.loads(os.environ["PROOF_VARIABLES"])

    def here(props):
        variables = (props.get("Environment") or {}).get("Variables") or {}
        changed = {name: replaced.get(name, value) for name, value in variables.items()}
        return {**props, "Environment": {"Variables": changed}}

    def create(logical_id, props, stack_name):
        return own["create"](logical_id, here(props), stack_name)

    def update(physical_id, old_props, new_props, *rest):
        return own["update"](physical_id, here(old_props), here(new_props), *rest)

    return {**own, "create": create, "update": update}


MAKERS = {
    "AWS::CloudWatch::Alarm": _alarms,
    "AWS::EC2::VPC": _network,
    "Custom::MskBootstrapBrokers": _addresses,
    "AWS::Lambda::Function": _functions,
    "AWS::MSK::Cluster": _brokers,
    "AWS::RDS::DBCluster": _database,
}


def install():
    for resource_type in STUBS:
        make = MAKERS.get(resource_type)
        provisioners._RESOURCE_HANDLERS[resource_type] = make() if make else _recorded(resource_type)


if __name__ == "__main__":
    if "--list" in sys.argv:
        for name, reason in STUBS.items():
            print(f"{name}: {reason}")
    else:
        from ministack.app import main

        install()
        main()
