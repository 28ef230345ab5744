"""Clients of boto3 for the services of one machine."""

import boto3
from botocore.config import Config
from trial import config


def client(service, place, **more):
    return boto3.client(
        service,
        endpoint_url=config["endpoints"][place],
        region_name=config["region"],
        aws_access_key_id=config["accessKeyId"],
        aws_secret_access_key=more.pop("secret", config["secretAccessKey"]),
        config=Config(retries={"total_max_attempts": 1}, **more),
    )
