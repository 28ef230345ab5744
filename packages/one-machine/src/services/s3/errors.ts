/** What S3 would refuse, with the code and status its clients decide by. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly status: number;
  readonly code: string;
  /** What S3 tells beside the message, element for element. */
  readonly details: Readonly<Record<string, string | number>>;
  /** Sent along with the document. */
  headers: Readonly<Record<string, string>> = {};

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }

  with(headers: Readonly<Record<string, string>>): this {
    this.headers = headers;
    return this;
  }
}

/** Says the operation's name, so that a developer who meets a gap knows what to ask for. */
export function notImplemented(operation: string): S3Error {
  return new S3Error(501, 'NotImplemented', `${operation} is not supported on one machine.`);
}

/** A bucket the template doesn't have. */
export function noSuchBucket(bucket: string): S3Error {
  return new S3Error(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: bucket });
}

/** Also for an object whose newest version is a delete marker. */
export function noSuchKey(key: string): S3Error {
  return new S3Error(404, 'NoSuchKey', 'The specified key does not exist.', { Key: key });
}

/** An upload that was completed, aborted or never begun. */
export function noSuchUpload(): S3Error {
  return new S3Error(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');
}

/** A condition of If-Match, If-None-Match or the like that didn't hold. */
export function preconditionFailed(condition: string): S3Error {
  const message = `At least one of the preconditions did not hold: ${condition}`;
  return new S3Error(412, 'PreconditionFailed', message, { Condition: condition });
}

/** A request that no S3 would understand. */
export function invalidArgument(message: string): S3Error {
  return new S3Error(400, 'InvalidArgument', message);
}
