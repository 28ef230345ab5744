"""S3 by boto3."""

import hashlib
import io
import urllib.error
import urllib.request
import datetime

from boto3.s3.transfer import TransferConfig
from places import client
from trial import refused, same, trial

s3 = client("s3", "s3", s3={"addressing_style": "path"}, signature_version="s3v4")
MB = 1024 * 1024
parts_of_five = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB)


def put(key, body=b"x", bucket="plain", **more):
    return s3.put_object(Bucket=bucket, Key=key, Body=body, **more)


def get(key, bucket="plain", **more):
    return s3.get_object(Bucket=bucket, Key=key, **more)


def read(key, **more):
    return get(key, **more)["Body"].read()


def keys(answer):
    return [item["Key"] for item in answer.get("Contents", [])]


def prefixes(answer):
    return [item["Prefix"] for item in answer.get("CommonPrefixes", [])]


def pages(call, **more):
    return list(s3.get_paginator(call).paginate(Bucket="plain", **more))


odd = ["a b", "a+b", "a%2Bb", "a&b=c", "a/../b", "a//b", "a\x01b", "ä/桃", "😀", "a?b#c", "'\"<>", "end/", "~!*()"]


@trial("S3: objects")
def _():
    """odd keys come back whole, from reading and from both listings"""
    for name in odd:
        put(f"odd/{name}", name.encode())
    for name in odd:
        same(read(f"odd/{name}"), name.encode())
    wanted = sorted((f"odd/{name}" for name in odd), key=str.encode)
    same(keys(s3.list_objects_v2(Bucket="plain", Prefix="odd/")), wanted)
    same(keys(s3.list_objects(Bucket="plain", Prefix="odd/")), wanted)


@trial("S3: objects")
def _():
    """headers and metadata are kept"""
    given = {
        "CacheControl": "max-age=1",
        "ContentDisposition": "attachment",
        "ContentEncoding": "gzip",
        "ContentLanguage": "zh",
        "ContentType": "text/csv",
        "Metadata": {"some": "thing"},
    }
    put("headers", **given)
    head = s3.head_object(Bucket="plain", Key="headers")
    same({name: head.get(name) for name in given}, given)
    same(head["AcceptRanges"], "bytes")
    same(head["ETag"], f'"{hashlib.md5(b"x").hexdigest()}"')


@trial("S3: objects")
def _():
    """an object without a type is binary/octet-stream"""
    put("untyped")
    same(s3.head_object(Bucket="plain", Key="untyped")["ContentType"], "binary/octet-stream")


@trial("S3: objects")
def _():
    """a read can override what the headers say"""
    put("override")
    got = get("override", ResponseContentType="a/b", ResponseContentDisposition="inline", ResponseCacheControl="c")
    same((got["ContentType"], got["ContentDisposition"], got["CacheControl"]), ("a/b", "inline", "c"))


@trial("S3: objects")
def _():
    """ranges are cut as HTTP says, also those that are none"""
    put("range", b"0123456789")
    for asked, wanted in {
        "bytes=0-0": b"0",
        "bytes=-3": b"789",
        "bytes=-99": b"0123456789",
        "bytes=5-": b"56789",
        "bytes=8-99": b"89",
        "bytes=3-1": b"0123456789",
        "bytes=a-b": b"0123456789",
        "lines=0-1": b"0123456789",
        "bytes=0-1,3-4": b"0123456789",
    }.items():
        same((asked, read("range", Range=asked)), (asked, wanted))
    for asked in ["bytes=10-", "bytes=-0"]:
        refused("InvalidRange", lambda asked=asked: get("range", Range=asked))
    put("empty", b"")
    refused("InvalidRange", lambda: get("empty", Range="bytes=0-"))


@trial("S3: objects")
def _():
    """conditions of reads"""
    etag = put("condition")["ETag"]
    hour = datetime.timedelta(hours=1)
    now = datetime.datetime.now(datetime.timezone.utc)
    same(read("condition", IfMatch=etag, IfNoneMatch='"other"'), b"x")
    same(read("condition", IfMatch=etag, IfUnmodifiedSince=now - hour), b"x")
    refused("PreconditionFailed", lambda: get("condition", IfMatch='"other"'))
    refused("PreconditionFailed", lambda: get("condition", IfUnmodifiedSince=now - hour))
    refused("304", lambda: get("condition", IfNoneMatch=etag))
    refused("304", lambda: get("condition", IfModifiedSince=now + hour))
    refused("412", lambda: s3.head_object(Bucket="plain", Key="condition", IfMatch='"other"'))


@trial("S3: objects")
def _():
    """conditions of writes"""
    etag = put("once", IfNoneMatch="*")["ETag"]
    refused("PreconditionFailed", lambda: put("once", IfNoneMatch="*"))
    put("once", b"y", IfMatch=etag)
    refused("PreconditionFailed", lambda: put("once", IfMatch=etag))
    refused("NoSuchKey", lambda: put("never", IfMatch=etag))


@trial("S3: objects")
def _():
    """errors have their code, key and request"""
    told = refused("NoSuchKey", lambda: get("absent"), "The specified key does not exist.")
    same(told["Error"]["Key"], "absent")
    same(bool(told["ResponseMetadata"]["RequestId"]), True)
    same(bool(told["ResponseMetadata"]["HostId"]), True)
    refused("404", lambda: s3.head_object(Bucket="plain", Key="absent"))
    told = refused("NoSuchBucket", lambda: get("a", bucket="absent"), "The specified bucket does not exist")
    same(told["Error"]["BucketName"], "absent")
    refused("404", lambda: s3.head_bucket(Bucket="absent"))
    refused("KeyTooLongError", lambda: put("k" * 1025))
    refused("MetadataTooLarge", lambda: put("large", Metadata={"m": "x" * 2100}))
    refused("InvalidDigest", lambda: put("digest", ContentMD5="abc"))
    refused("BadDigest", lambda: put("digest", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg=="))
    stranger = client("s3", "s3", secret="wrong", s3={"addressing_style": "path"})
    refused("SignatureDoesNotMatch", lambda: stranger.list_objects_v2(Bucket="plain"))


@trial("S3: listing")
def _():
    """pages of keys and common prefixes hold each of them once"""
    names = ["p/a", "p/b/1", "p/b/2", "p/c", "p/d/1", "p/e"]
    for name in names:
        put(name)
    for call in ["list_objects_v2", "list_objects"]:
        for size in [1, 2, 3, 100]:
            found = pages(call, Prefix="p/", Delimiter="/", PaginationConfig={"PageSize": size})
            same([key for page in found for key in keys(page)], ["p/a", "p/c", "p/e"])
            same([prefix for page in found for prefix in prefixes(page)], ["p/b/", "p/d/"])
            same(max(len(keys(page)) + len(prefixes(page)) for page in found) <= size, True)


@trial("S3: listing")
def _():
    """a delimiter may be of several characters, or none that occurs"""
    for name in ["q/1--a", "q/1--b", "q/2-a", "q/桃1桃2"]:
        put(name)
    found = s3.list_objects_v2(Bucket="plain", Prefix="q/", Delimiter="--")
    same((keys(found), prefixes(found)), (["q/2-a", "q/桃1桃2"], ["q/1--"]))
    found = s3.list_objects_v2(Bucket="plain", Prefix="q/", Delimiter="桃")
    same(prefixes(found), ["q/桃"])
    found = s3.list_objects_v2(Bucket="plain", Prefix="q/", Delimiter="|")
    same((len(keys(found)), prefixes(found)), (4, []))
    found = s3.list_objects_v2(Bucket="plain", Prefix="q", Delimiter="/")
    same((keys(found), prefixes(found)), ([], ["q/"]))


@trial("S3: listing")
def _():
    """start-after and markers may stand for no key"""
    for name in ["r/a", "r/b/1", "r/b/2", "r/c"]:
        put(name)
    same(keys(s3.list_objects_v2(Bucket="plain", Prefix="r/", StartAfter="r/aa")), ["r/b/1", "r/b/2", "r/c"])
    found = s3.list_objects_v2(Bucket="plain", Prefix="r/", StartAfter="r/b/1", Delimiter="/")
    same((keys(found), prefixes(found)), (["r/c"], ["r/b/"]))
    same(keys(s3.list_objects(Bucket="plain", Prefix="r/", Marker="r/b/1")), ["r/b/2", "r/c"])
    same(keys(s3.list_objects_v2(Bucket="plain", Prefix="r/", StartAfter="z")), [])


@trial("S3: listing")
def _():
    """no keys, an owner, and what is no number or token"""
    put("s/a")
    found = s3.list_objects_v2(Bucket="plain", Prefix="s/", MaxKeys=0)
    same((found["KeyCount"], found["IsTruncated"], keys(found)), (0, False, []))
    found = s3.list_objects_v2(Bucket="plain", Prefix="s/", FetchOwner=True)
    same(bool(found["Contents"][0]["Owner"]["ID"]), True)
    same("Owner" in s3.list_objects_v2(Bucket="plain", Prefix="s/")["Contents"][0], False)
    same("Contents" in s3.list_objects_v2(Bucket="plain", Prefix="none/"), False)
    refused("InvalidArgument", lambda: s3.list_objects_v2(Bucket="plain", MaxKeys=-1))
    refused("InvalidArgument", lambda: s3.list_objects_v2(Bucket="plain", ContinuationToken="nonsense!"))
    same(s3.list_objects_v2(Bucket="plain", MaxKeys=5000)["MaxKeys"], 1000)


@trial("S3: listing")
def _():
    """buckets are listed, and say where and what they are"""
    found = s3.list_buckets()
    same([bucket["Name"] for bucket in found["Buckets"]], ["plain", "versioned"])
    same(isinstance(found["Buckets"][0]["CreationDate"], datetime.datetime), True)
    same(s3.get_bucket_location(Bucket="plain").get("LocationConstraint"), None)
    same(s3.get_bucket_versioning(Bucket="versioned")["Status"], "Enabled")
    same("Status" in s3.get_bucket_versioning(Bucket="plain"), False)


@trial("S3: copies")
def _():
    """a copy keeps or replaces what describes the object"""
    put("copy/a b+c", b"body", ContentType="text/csv", Metadata={"m": "1"})
    source = {"Bucket": "plain", "Key": "copy/a b+c"}
    s3.copy_object(Bucket="versioned", Key="copied", CopySource=source)
    got = get("copied", bucket="versioned")
    same((got["Body"].read(), got["ContentType"], got["Metadata"]), (b"body", "text/csv", {"m": "1"}))
    s3.copy_object(
        Bucket="plain", Key="copy/b", CopySource=source, MetadataDirective="REPLACE", Metadata={"n": "2"}
    )
    same(s3.head_object(Bucket="plain", Key="copy/b")["Metadata"], {"n": "2"})


@trial("S3: copies")
def _():
    """what can't be copied"""
    etag = put("copy/self")["ETag"]
    source = {"Bucket": "plain", "Key": "copy/self"}
    copy = lambda **more: s3.copy_object(Bucket="plain", Key="copy/other", CopySource=source, **more)
    refused(
        "InvalidRequest",
        lambda: s3.copy_object(Bucket="plain", Key="copy/self", CopySource=source),
        "trying to copy an object to itself",
    )
    refused("PreconditionFailed", lambda: copy(CopySourceIfMatch='"other"'))
    refused("PreconditionFailed", lambda: copy(CopySourceIfNoneMatch=etag))
    refused("NoSuchKey", lambda: s3.copy_object(Bucket="plain", Key="x", CopySource="plain/absent"))
    refused("NoSuchBucket", lambda: s3.copy_object(Bucket="plain", Key="x", CopySource="absent/a"))
    refused("InvalidArgument", lambda: copy(MetadataDirective="PERHAPS"))
    s3.copy_object(Bucket="plain", Key="copy/self", CopySource=source, MetadataDirective="REPLACE")


@trial("S3: copies")
def _():
    """a version is copied, and told of"""
    version = put("copied/v", b"1", bucket="versioned")["VersionId"]
    put("copied/v", b"2", bucket="versioned")
    source = {"Bucket": "versioned", "Key": "copied/v", "VersionId": version}
    answer = s3.copy_object(Bucket="plain", Key="copied/v", CopySource=source)
    same(answer["CopySourceVersionId"], version)
    same(read("copied/v"), b"1")


@trial("S3: parts")
def _():
    """a managed upload in parts comes back, whole and by part"""
    body = bytes(range(256)) * (11 * MB // 256)
    s3.upload_fileobj(io.BytesIO(body), "plain", "parts/large", Config=parts_of_five)
    head = s3.head_object(Bucket="plain", Key="parts/large", ChecksumMode="ENABLED")
    same((head["ContentLength"], head["ETag"].endswith('-3"')), (len(body), True))
    target = io.BytesIO()
    s3.download_fileobj("plain", "parts/large", target, Config=parts_of_five)
    same(target.getvalue() == body, True)
    part = get("parts/large", PartNumber=3)
    same((part["PartsCount"], part["ContentLength"]), (3, MB))
    same(part["Body"].read() == body[10 * MB :], True)
    refused("InvalidPartNumber", lambda: get("parts/large", PartNumber=4))


@trial("S3: parts")
def _():
    """a managed copy in parts is the same object"""
    body = b"0123456789abcdef" * (11 * MB // 16)
    put("parts/source", body)
    s3.copy({"Bucket": "plain", "Key": "parts/source"}, "plain", "parts/copy", Config=parts_of_five)
    same(read("parts/copy") == body, True)


@trial("S3: parts")
def _():
    """attributes tell of the parts"""
    s3.upload_fileobj(io.BytesIO(b"x" * 6 * MB), "plain", "parts/attributes", Config=parts_of_five)
    wanted = ["ETag", "ObjectSize", "ObjectParts", "StorageClass", "Checksum"]
    told = s3.get_object_attributes(Bucket="plain", Key="parts/attributes", ObjectAttributes=wanted)
    same((told["ObjectSize"], told["ObjectParts"]["TotalPartsCount"], told["StorageClass"]), (6 * MB, 2, "STANDARD"))
    same(told["ETag"].endswith("-2"), True)
    same("ChecksumType" in told["Checksum"], True)


@trial("S3: parts")
def _():
    """what makes no object"""
    upload = s3.create_multipart_upload(Bucket="plain", Key="parts/bad")["UploadId"]
    named = {"Bucket": "plain", "Key": "parts/bad", "UploadId": upload}
    etags = [s3.upload_part(**named, PartNumber=number, Body=b"x")["ETag"] for number in [1, 2]]
    complete = lambda *parts: s3.complete_multipart_upload(
        **named, MultipartUpload={"Parts": [{"PartNumber": number, "ETag": etag} for number, etag in parts]}
    )
    refused("EntityTooSmall", lambda: complete((1, etags[0]), (2, etags[1])))
    refused("InvalidPartOrder", lambda: complete((2, etags[1]), (1, etags[0])))
    refused("InvalidPart", lambda: complete((1, '"00000000000000000000000000000000"')))
    refused("InvalidPart", lambda: complete((3, etags[0])))
    refused("MalformedXML", lambda: complete())
    refused("InvalidArgument", lambda: s3.upload_part(**named, PartNumber=10001, Body=b"x"))
    refused("InvalidArgument", lambda: s3.upload_part(**named, PartNumber=0, Body=b"x"))
    s3.abort_multipart_upload(**named)
    refused("NoSuchUpload", lambda: complete((1, etags[0])))
    refused("NoSuchUpload", lambda: s3.list_parts(**named))
    refused("NoSuchUpload", lambda: s3.upload_part(**named, PartNumber=1, Body=b"x"))


@trial("S3: parts")
def _():
    """parts and uploads are listed in pages"""
    upload = s3.create_multipart_upload(Bucket="plain", Key="listed/parts")["UploadId"]
    named = {"Bucket": "plain", "Key": "listed/parts", "UploadId": upload}
    for number in [1, 2, 3]:
        s3.upload_part(**named, PartNumber=number, Body=b"x")
    found = list(s3.get_paginator("list_parts").paginate(**named, PaginationConfig={"PageSize": 2}))
    same([part["PartNumber"] for page in found for part in page["Parts"]], [1, 2, 3])
    found = s3.list_multipart_uploads(Bucket="plain", Prefix="listed/", Delimiter="/")
    same([upload["Key"] for upload in found["Uploads"]], ["listed/parts"])
    found = s3.list_multipart_uploads(Bucket="plain", Prefix="listed", Delimiter="/")
    same((found.get("Uploads", []), prefixes(found)), ([], ["listed/"]))
    s3.abort_multipart_upload(**named)


@trial("S3: many")
def _():
    """a thousand keys go at once, and keys that aren't there"""
    put("many/1")
    names = [{"Key": f"many/{number}"} for number in range(1000)]
    told = s3.delete_objects(Bucket="plain", Delete={"Objects": names})
    same((len(told["Deleted"]), "Errors" in told), (1000, False))
    told = s3.delete_objects(Bucket="plain", Delete={"Objects": names, "Quiet": True})
    same("Deleted" in told, False)
    refused("MalformedXML", lambda: s3.delete_objects(Bucket="plain", Delete={"Objects": names + [{"Key": "more"}]}))
    refused("MalformedXML", lambda: s3.delete_objects(Bucket="plain", Delete={"Objects": []}))
    put("many/<&> \x02", b"x")
    s3.delete_objects(Bucket="plain", Delete={"Objects": [{"Key": "many/<&> "}]})
    same(keys(s3.list_objects_v2(Bucket="plain", Prefix="many/")), ["many/<&> \x02"])


@trial("S3: versions")
def _():
    """versions and delete markers are told, read and removed"""
    first = put("v", b"1", bucket="versioned")["VersionId"]
    second = put("v", b"2", bucket="versioned")["VersionId"]
    marker = s3.delete_object(Bucket="versioned", Key="v")
    same(marker["DeleteMarker"], True)
    told = refused("NoSuchKey", lambda: get("v", bucket="versioned"))
    same(told["ResponseMetadata"]["HTTPHeaders"].get("x-amz-delete-marker"), "true")
    refused("MethodNotAllowed", lambda: get("v", bucket="versioned", VersionId=marker["VersionId"]))
    same(read("v", bucket="versioned", VersionId=first), b"1")
    found = s3.list_object_versions(Bucket="versioned", Prefix="v")
    same([version["VersionId"] for version in found["Versions"]], [second, first])
    same([(one["VersionId"], one["IsLatest"]) for one in found["DeleteMarkers"]], [(marker["VersionId"], True)])
    s3.delete_object(Bucket="versioned", Key="v", VersionId=marker["VersionId"])
    same(read("v", bucket="versioned"), b"2")


@trial("S3: versions")
def _():
    """versions come in pages and below common prefixes"""
    for name in ["w/a", "w/a", "w/b/1", "w/b/2", "w/c"]:
        put(name, bucket="versioned")
    paginator = s3.get_paginator("list_object_versions")
    for size in [1, 2, 100]:
        found = list(paginator.paginate(Bucket="versioned", Prefix="w/", PaginationConfig={"PageSize": size}))
        names = [version["Key"] for page in found for version in page.get("Versions", [])]
        same(names, ["w/a", "w/a", "w/b/1", "w/b/2", "w/c"])
        found = list(
            paginator.paginate(Bucket="versioned", Prefix="w/", Delimiter="/", PaginationConfig={"PageSize": size})
        )
        same([version["Key"] for page in found for version in page.get("Versions", [])], ["w/a", "w/a", "w/c"])
        same([prefix for page in found for prefix in prefixes(page)], ["w/b/"])


@trial("S3: versions")
def _():
    """a version that isn't there, and one that can be none"""
    put("null")
    same(read("null", VersionId="null"), b"x")
    put("x", bucket="versioned")
    refused("NoSuchVersion", lambda: get("x", bucket="versioned", VersionId="null"))
    refused("InvalidArgument", lambda: get("x", bucket="versioned", VersionId="!"), "Invalid version id specified")


@trial("S3: tags")
def _():
    """tags are given, counted, replaced and removed"""
    tags = lambda key, **more: s3.get_object_tagging(Bucket="plain", Key=key, **more)["TagSet"]
    put("tags", Tagging="a=1&b=%E6%A1%83+x")
    same(tags("tags"), [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "桃 x"}])
    same(get("tags")["TagCount"], 2)
    s3.put_object_tagging(Bucket="plain", Key="tags", Tagging={"TagSet": [{"Key": "c", "Value": ""}]})
    same(tags("tags"), [{"Key": "c", "Value": ""}])
    s3.copy_object(Bucket="plain", Key="tags/copy", CopySource="plain/tags")
    same(tags("tags/copy"), [{"Key": "c", "Value": ""}])
    s3.copy_object(Bucket="plain", Key="tags/copy", CopySource="plain/tags", TaggingDirective="REPLACE", Tagging="d=4")
    same(tags("tags/copy"), [{"Key": "d", "Value": "4"}])
    s3.delete_object_tagging(Bucket="plain", Key="tags")
    same((tags("tags"), "TagCount" in get("tags")), ([], False))


@trial("S3: tags")
def _():
    """tags that can't be"""
    set_tags = lambda *tags: s3.put_object_tagging(
        Bucket="plain", Key="tags", Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in tags]}
    )
    put("tags")
    refused("BadRequest", lambda: set_tags(*[(f"k{number}", "v") for number in range(11)]))
    refused("InvalidTag", lambda: set_tags(("a", "1"), ("a", "2")))
    refused("InvalidTag", lambda: set_tags(("k" * 129, "v")))
    refused("InvalidTag", lambda: set_tags(("k", "v" * 257)))
    refused("InvalidArgument", lambda: put("tags", Tagging="a=1&a=2"))
    refused("NoSuchKey", lambda: s3.get_object_tagging(Bucket="plain", Key="absent"))


def fetch(url, method="GET", body=None, headers=None):
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@trial("S3: presigned")
def _():
    """presigned addresses do what they were signed for, and nothing else"""
    named = {"Bucket": "plain", "Key": "signed/a b"}
    sign = lambda operation, seconds=60, **more: s3.generate_presigned_url(
        operation, Params={**named, **more}, ExpiresIn=seconds
    )
    same(fetch(sign("put_object", ContentType="a/b"), "PUT", b"body", {"content-type": "a/b"})[0], 200)
    same(fetch(sign("get_object")), (200, b"body"))
    same(fetch(sign("head_object"), "HEAD"), (200, b""))
    status, told = fetch(sign("get_object", seconds=0))
    same((status, b"<Code>AccessDenied</Code>" in told, b"Request has expired" in told), (403, True, True))
    status, told = fetch(sign("get_object"), "DELETE")
    same((status, b"SignatureDoesNotMatch" in told), (403, True))
    same(fetch(sign("delete_object"), "DELETE")[0], 204)
    old = client("s3", "s3", s3={"addressing_style": "path"}, signature_version="s3")
    status, told = fetch(old.generate_presigned_url("get_object", Params=named))
    same((status, b"Please use AWS4-HMAC-SHA256" in told), (400, True))


@trial("S3: presigned")
def _():
    """a presigned form takes what its policy lets in"""
    form = s3.generate_presigned_post(
        "plain",
        "form/${filename}",
        Fields={"x-amz-meta-m": "1", "success_action_status": "201"},
        Conditions=[["content-length-range", 1, 10], {"x-amz-meta-m": "1"}, {"success_action_status": "201"}],
        ExpiresIn=60,
    )

    def send(body, fields=form["fields"]):
        edge = "edge"
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
        file = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\nContent-Type: text/plain\r\n\r\n'
        whole = "".join(parts).encode() + file.encode() + body + f"\r\n--{edge}--\r\n".encode()
        return fetch(form["url"], "POST", whole, {"content-type": f"multipart/form-data; boundary={edge}"})

    status, told = send(b"body")
    same((status, b"<Key>form/f.txt</Key>" in told), (201, True))
    same((read("form/f.txt"), get("form/f.txt")["Metadata"]), (b"body", {"m": "1"}))
    same((send(b"")[0], b"EntityTooSmall" in send(b"")[1]), (400, True))
    same(b"EntityTooLarge" in send(b"x" * 11)[1], True)
    same(send(b"body", {**form["fields"], "x-amz-meta-m": "2"})[0], 403)
