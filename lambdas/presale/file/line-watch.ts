import { TransientError } from '#kit/errors.ts';

/** Looks at the lines of a file as its bytes pass. */
export interface LineWatch {
  /** Throws {@link TransientError} inside a line without end. */
  see(chunk: Uint8Array): void;
  /** Throws {@link TransientError} when the file ends inside a row: half a file has come. */
  end(): void;
}

// A row has under 2 KB. Whoever reads the file later holds one line at a time.
const longestLineBytes = 1024 * 1024;
const newline = 10;
const comma = 44;

/**
 * A half file whose answer gave no length, or a wrong one, looks whole to HTTP. Every file of the ministry ends with a
 * line end; one that ends without and with fields missing was cut off.
 */
export function lineWatch(): LineWatch {
  let headerCommas: number | undefined;
  let commas = 0;
  let bytes = 0;
  const more = (part: Uint8Array) => {
    bytes += part.byteLength;
    if (bytes > longestLineBytes)
      throw new TransientError(`A line of the file has no end: ${bytes} bytes so far`, { fault: 'EndlessLine' });
    commas += count(part, comma);
  };
  return {
    see(chunk) {
      const last = chunk.lastIndexOf(newline);
      if (last >= 0) {
        if (headerCommas === undefined) more(chunk.subarray(0, chunk.indexOf(newline)));
        headerCommas ??= commas;
        commas = 0;
        bytes = 0;
      }
      more(chunk.subarray(last + 1));
    },
    end() {
      if (bytes > 0 && commas < (headerCommas ?? 0))
        throw new TransientError('The file ends in the middle of a row', { fault: 'TruncatedFile' });
    },
  };
}

function count(bytes: Uint8Array, wanted: number): number {
  let found = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) found += 1;
  return found;
}
