"""S3, SQS, SES, Secrets Manager and Step Functions by boto3: what AWS answers to good requests and to bad ones."""

import boto3
import botocore

import boto3_s3  # noqa: F401
import boto3_services  # noqa: F401
import boto3_sqs  # noqa: F401
from trial import tell

tell(f"boto3 {boto3.__version__}, botocore {botocore.__version__}")
