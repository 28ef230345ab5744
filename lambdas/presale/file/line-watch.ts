import { TransientError } from '#kit/errors.ts';

/** Looks at the lines of a file as its bytes pass. */
export interface LineWatch {
  /** Throws {@link TransientError} inside a line without end. */
  see(chunk: Uint8Array): void;
  /** Throws {@link TransientError} when the file doesn't end with a line end: half a file has come. */
  end(): void;
}

// A row has under 2 KB. Later readers of the file hold one line at a time.
const longestLineBytes = 1024 * 1024;
const newline = 10;
const carriageReturn = 13;

/**
 * A half file whose answer gave no length, or a wrong one, looks whole to HTTP, also when it was cut inside its last cell.
 * Each of 343 files of the ministry ends with a line end; one that ends without was cut off.
 */
export function lineWatch(): LineWatch {
  let lines = false;
  let bytes = 0;
  let last: number | undefined;
  return {
    see(chunk) {
      const at = chunk.lastIndexOf(newline);
      lines ||= at >= 0;
      bytes = at >= 0 ? chunk.byteLength - at - 1 : bytes + chunk.byteLength;
      last = chunk.at(-1) ?? last;
      if (bytes > longestLineBytes)
        throw new TransientError(`A line of the file has no end: ${bytes} bytes so far`, { fault: 'EndlessLine' });
    },
    end() {
      if (bytes === 0) return;
      if (!lines && last === carriageReturn)
        throw new TransientError('The lines of the file end with CR alone', { fault: 'NoFileOfDeals' });
      throw new TransientError('The file ends in the middle of a row', { fault: 'TruncatedFile' });
    },
  };
}
