import { createHash } from 'node:crypto';
import { sameText, signedText } from '../../../guard/signature.ts';
import type { Signed } from '../access.ts';
import { S3Error } from '../errors.ts';

/** The signatures of a body's chunks, each of which covers the one before it; the first covers the request's own. */
export interface ChunkSignatures {
  /** Throws SignatureDoesNotMatch where the chunk isn't what was signed. */
  chunk(signature: string | undefined, sha256: string): Promise<void>;
  /** The same of the headers behind the last chunk. */
  trailers(signature: string | undefined, lines: readonly string[]): Promise<void>;
}

const ofNothing = createHash('sha256').digest('hex');

/** Source: "Transferring Payload in Multiple Chunks (Chunked Upload)" of the Amazon S3 API Reference. */
export function chunkSignatures({ claim, signer }: Signed): ChunkSignatures {
  let previous = claim.signature;
  const check = async (signature: string | undefined, kind: string, covered: readonly string[]) => {
    const made = await signedText(signer, claim, [kind, previous, ...covered]);
    if (signature === undefined || !sameText(made, signature))
      throw new S3Error(403, 'SignatureDoesNotMatch', 'The signature of a chunk does not match what came.');
    previous = made;
  };
  return {
    chunk: (signature, sha256) => check(signature, 'AWS4-HMAC-SHA256-PAYLOAD', [ofNothing, sha256]),
    trailers: (signature, lines) => {
      const text = lines.map((line) => `${line}\n`).join('');
      return check(signature, 'AWS4-HMAC-SHA256-TRAILER', [createHash('sha256').update(text).digest('hex')]);
    },
  };
}
