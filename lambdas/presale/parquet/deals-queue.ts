import { gatheredQueue } from '#adapters/queues/gathered-queue.ts';
import type { CorrectionBook } from '../corrections/ports.ts';
import type { CountyLetter } from '../publication/counties.ts';

/** Has the files of counties written. */
export type WriteDealFiles = (letters: readonly CountyLetter[]) => Promise<void>;

/** Of a function that asks for files. */
export interface DealsQueueEnv {
  readonly DEALS_QUEUE_URL: string;
  readonly DEALS_DELAY_MS: number;
}

/** By the queue of files: a county's file is written by one at a time. */
export function dealsQueue({ DEALS_QUEUE_URL, DEALS_DELAY_MS }: DealsQueueEnv): WriteDealFiles {
  const send = gatheredQueue(DEALS_QUEUE_URL, DEALS_DELAY_MS);
  return (letters) => send(letters.map((county) => ({ message: { county }, group: county, id: county })));
}

/** Corrections whose counties' files follow, whatever came of them: one that is sent again mends a message that got lost. */
export function withDealFiles(book: CorrectionBook, write: WriteDealFiles): CorrectionBook {
  return {
    ...book,
    async correct(rows, author, choose) {
      const corrected = await book.correct(rows, author, choose);
      await write([rows.letter]);
      return corrected;
    },
  };
}
