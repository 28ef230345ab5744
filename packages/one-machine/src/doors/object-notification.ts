import type { ObjectCreated } from '../services/storage.ts';
import type { ObjectNotificationModel } from '../template/model.ts';

/** Whether a target wants to hear of this object. */
export function wants({ bucket, prefix, suffix }: ObjectNotificationModel, created: ObjectCreated): boolean {
  return bucket === created.bucket && created.key.startsWith(prefix) && created.key.endsWith(suffix);
}

/** What S3 sends to a function or a queue. Source: Amazon S3 User Guide, "Event message structure". */
export function notificationOf(
  { bucket, key, size, etag, versionId }: ObjectCreated,
  region: string,
  at: Date,
): object {
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: at.toISOString(),
        eventName: 'ObjectCreated:Put',
        s3: {
          s3SchemaVersion: '1.0',
          bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
          // As a form would send it: consumers decode it.
          object: {
            key: encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+'),
            size,
            eTag: etag,
            ...(versionId === undefined ? {} : { versionId }),
          },
        },
      },
    ],
  };
}
