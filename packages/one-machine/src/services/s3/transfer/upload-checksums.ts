import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from '../errors.ts';
import { checksumHeader, type StoredChecksum, sentChecksum } from './body.ts';
import { type ChecksumName, checksumNames, startChecksum } from './checksums.ts';
import { combineCrcs, isCrc } from './combine-crc.ts';

/** Which checksum an upload was begun with, and whether it is of its parts' checksums or of the whole object. */
export interface UploadChecksum {
  readonly name: ChecksumName;
  readonly type: 'COMPOSITE' | 'FULL_OBJECT';
}

const shortDigests = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

/** What CreateMultipartUpload asks for. Source: Amazon S3 User Guide, "Checking object integrity". */
export function readUploadChecksum(headers: IncomingHttpHeaders): UploadChecksum | undefined {
  const algorithm = headers['x-amz-checksum-algorithm'];
  const type = headers['x-amz-checksum-type'];
  if (algorithm === undefined) {
    if (type === undefined) return undefined;
    throw invalid('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
  }
  const name = checksumNames.find((known) => known === String(algorithm).toLowerCase());
  if (!name)
    throw invalid(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${shortDigests}]`,
    );
  const types = typesOf(name);
  const wanted = types.find((known) => known === String(type ?? types[0]).toUpperCase());
  if (wanted) return { name, type: wanted };
  throw invalid(`The ${String(type)} checksum type cannot be used with the ${name} checksum algorithm.`);
}

/** The default first: only a CRC of the whole can be told from those of the parts. */
function typesOf(name: ChecksumName): readonly UploadChecksum['type'][] {
  if (name === 'crc64nvme') return ['FULL_OBJECT'];
  return isCrc(name) ? ['COMPOSITE', 'FULL_OBJECT'] : ['COMPOSITE'];
}

/** A part comes with the checksum that its upload was begun with; for one of the whole object S3 computes it, too. */
export function checkPartChecksum(upload: UploadChecksum | undefined, headers: IncomingHttpHeaders): void {
  if (!upload) return;
  const sent = sentChecksum(headers);
  if (sent === upload.name || (sent === undefined && upload.type === 'FULL_OBJECT')) return;
  throw invalid(
    `Checksum Type mismatch occurred, expected checksum Type: ${upload.name}, actual checksum Type: ${sent ?? 'null'}`,
  );
}

/** Throws what S3 says of parts that the completing request names without their checksums. */
export function checkNamed(
  upload: UploadChecksum | undefined,
  named: readonly { number: number; checksum: string | undefined }[],
) {
  if (upload?.type !== 'COMPOSITE') return;
  const missing = named.find(({ checksum }) => checksum === undefined);
  if (!missing) return;
  throw invalid(
    `The upload was created using a ${upload.name} checksum. The complete request must include the checksum for each part. It was missing for part ${missing.number} in the request.`,
  );
}

/** The checksum of the object that the parts make; throws BadDigest when the request promised another one. */
export function checksumOfParts(
  upload: UploadChecksum | undefined,
  parts: readonly { readonly size: number; readonly checksum: StoredChecksum | undefined }[],
  headers: IncomingHttpHeaders,
): StoredChecksum | undefined {
  if (!upload) return undefined;
  const asked = headers['x-amz-checksum-type'];
  if (asked !== undefined && asked !== upload.type)
    throw invalid(
      `The upload was created using the ${upload.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  const { name, type } = upload;
  const values = parts.map(({ checksum, size }) => ({ value: checksum?.value ?? '', size }));
  const checksum =
    type === 'FULL_OBJECT' && isCrc(name)
      ? { name, value: combineCrcs(name, values) }
      : { name, value: compositeOf(name, values), isComposite: true };
  const promised = headers[checksumHeader(name)];
  if (promised !== undefined && promised !== checksum.value && `${String(promised)}-${parts.length}` !== checksum.value)
    throw new S3Error(400, 'BadDigest', `The ${name} you specified did not match the calculated checksum.`);
  return checksum;
}

/** The checksum of the parts' checksums, with their number. */
function compositeOf(name: ChecksumName, parts: readonly { readonly value: string }[]): string {
  const checksum = startChecksum(name);
  for (const { value } of parts) checksum.update(Buffer.from(value, 'base64'));
  return `${checksum.digest()}-${parts.length}`;
}

function invalid(message: string): S3Error {
  return new S3Error(400, 'InvalidRequest', message);
}
