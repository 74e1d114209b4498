"""Lets awscli validate buckets: one JSON object a line in, what it says of each file out.

The first line out is its version.

In:  {"objects": {key: base64}, "metadata": {key: {...}}, "keys": {...}, "trail": ARN, "bucket": name}
Out: {"s3://bucket/key": "valid" | "INVALID: ..."}
"""

import base64
import contextlib
import datetime
import io
import json
import re
import sys

import awscli
from awscli.customizations.cloudtrail import validation
from botocore.exceptions import ClientError


class Bucket:
    def __init__(self, case):
        self.objects = {key: base64.b64decode(value) for key, value in case["objects"].items()}
        self.metadata = case["metadata"]

    def get_client(self, _bucket):
        return self

    def get_object(self, Bucket, Key):
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "not found"}}, "GetObject")
        body = io.BytesIO(self.objects[Key])
        return {"Body": body, "Metadata": self.metadata.get(Key, {})}

    def get_paginator(self, _operation):
        return self

    def paginate(self, Bucket, Marker, Prefix):
        self.listed = [key for key in sorted(self.objects) if key > Marker and key.startswith(Prefix)]
        return self

    def search(self, _expression):
        return iter(self.listed)


class CloudTrail:
    def __init__(self, case):
        self.keys = case["keys"]

    def list_public_keys(self, StartTime, EndTime):
        return self.keys


def validate(case):
    command = validation.CloudTrailValidateLogs(None)
    command.trail_arn = case["trail"]
    command.is_verbose = True
    command.start_time = datetime.datetime(2024, 3, 1, tzinfo=validation.tz.tzutc())
    command.end_time = datetime.datetime(2024, 3, 3, tzinfo=validation.tz.tzutc())
    command.s3_bucket = case["bucket"]
    command.s3_client_provider = Bucket(case)
    command.cloudtrail_client = CloudTrail(case)
    command.organization_client = None
    command._source_region = case["trail"].split(":")[3]
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        command._call()
    lines = re.findall(r"(?:Digest|Log) file\t(s3://[^\t\n]*)\t([^\n]*)", said.getvalue())
    return dict(lines)


print(awscli.__version__)
for line in sys.stdin:
    print(json.dumps(validate(json.loads(line))), flush=True)
