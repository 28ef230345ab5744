import { UnavailableError } from '#kit/errors.ts';

const tries = 5;

/** Work that is done is worth some patience with the database, and with the bucket. */
export async function persistently<R>(work: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnavailableError) || attempt >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 500));
    }
  }
}
