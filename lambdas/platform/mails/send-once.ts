import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '#kit/clock.ts';
import { TransientError } from '#kit/errors.ts';
import type { MailMessage } from '../contract.ts';

export interface SendOncePorts {
  readonly send: (mail: Omit<MailMessage, 'id' | 'to'> & { readonly to: readonly string[] }) => Promise<void>;
  /** The recipients of a mail that names none. */
  readonly recipients: readonly string[];
  readonly receipts: {
    exists(key: string): Promise<boolean>;
    put(key: string, body: string): Promise<void>;
    /** `false` when something is there already. */
    putNew(key: string, body: string): Promise<boolean>;
    readText(key: string): Promise<string>;
  };
  readonly clock: Clock;
  /** Told when the receipts can't be reached: the mail matters more than being sent once. */
  readonly warn: (message: string, error: unknown) => void;
}

// Twice the function's timeout: an invocation that claimed a mail longer ago has died.
const claimMs = 60_000;
const looks = 20;
const betweenLooksMs = 250;

/**
 * Sends a mail, and one with an id once: it is claimed before, its receipt is written after SES took it, and both are
 * looked for before. Only a kill between sending and receipt, or a bucket that is away, sends it twice; nothing loses
 * it. Throws {@link TransientError} while another invocation is at it.
 */
export async function sendOnce({ id, to, ...mail }: MailMessage, ports: SendOncePorts): Promise<'sent' | 'known'> {
  const addressed = { ...mail, to: to ?? ports.recipients };
  if (id === undefined) {
    await ports.send(addressed);
    return 'sent';
  }
  const receipt = `platform/mails/${id}`;
  if (await isTaken(receipt, ports)) return 'known';
  try {
    await ports.send(addressed);
  } catch (error) {
    // Releases a claim that has failed, so that the next attempt need not wait.
    await keep(claimOf(receipt), new Date(0), ports);
    throw error;
  }
  await keep(receipt, ports.clock(), ports);
  return 'sent';
}

function claimOf(receipt: string): string {
  return `${receipt}.claim`;
}

async function keep(key: string, at: Date, { receipts, warn }: SendOncePorts): Promise<void> {
  try {
    await receipts.put(key, at.toISOString());
  } catch (error) {
    warn('What became of a mail could not be written down: it may go out twice', error);
  }
}

/** Whether the mail is sent; when it isn't, it is claimed now. */
async function isTaken(receipt: string, { receipts, clock, warn }: SendOncePorts): Promise<boolean> {
  const claim = claimOf(receipt);
  const now = clock();
  try {
    if (await receipts.exists(receipt)) return true;
    if (await receipts.putNew(claim, now.toISOString())) return false;
    const claimedAt = new Date(await receipts.readText(claim));
    if (now.getTime() - claimedAt.getTime() > claimMs) {
      await receipts.put(claim, now.toISOString());
      return false;
    }
    for (let look = 0; look < looks; look += 1) {
      if (await receipts.exists(receipt)) return true;
      await pause(betweenLooksMs);
    }
  } catch (error) {
    warn('Receipts can not be read: the mail may go out twice', error);
    return false;
  }
  throw new TransientError('Another invocation is sending this mail');
}
