"""Lets everybody read the pictures of the bucket in S3_BUCKET that have passed their checks, and nothing else of it.

For stores that take bucket policies. On AWS itself a CloudFront distribution in front of a closed bucket is better.
"""

import json
import os

import botocore.session
from botocore.config import Config

bucket = os.environ["S3_BUCKET"]
statement = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": ["s3:GetObject"],
    "Resource": [f"arn:aws:s3:::{bucket}/i/*"],
}
client = botocore.session.get_session().create_client(
    "s3",
    endpoint_url=os.environ.get("S3_ENDPOINT_URL") or None,
    region_name=os.environ.get("S3_REGION") or "us-east-1",
    config=Config(s3={"addressing_style": "path"}),
)
client.put_bucket_policy(
    Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
)
print(f"Everybody can read what is under i/ in {bucket}.")
