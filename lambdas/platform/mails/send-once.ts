import type { MailMessage } from '../contract.ts';

export interface SendOncePorts {
  readonly send: (mail: Omit<MailMessage, 'id' | 'to'> & { readonly to: readonly string[] }) => Promise<void>;
  /** For a mail that names nobody. */
  readonly recipients: readonly string[];
  readonly receipts: {
    exists(key: string): Promise<boolean>;
    put(key: string, body: string): Promise<void>;
  };
  /** Told when the receipts can't be reached: the mail matters more than being sent once. */
  readonly warn: (message: string, error: unknown) => void;
}

/**
 * Sends a mail, and one with an id once: its receipt is written after SES took it, and looked for before. Only a kill
 * between the two, or a bucket that is away, sends it twice; nothing loses it.
 */
export async function sendOnce({ id, to, ...mail }: MailMessage, ports: SendOncePorts): Promise<'sent' | 'known'> {
  const { send, recipients, receipts, warn } = ports;
  const receipt = id === undefined ? undefined : `platform/mails/${id}`;
  if (receipt !== undefined && (await isThere(receipt, ports))) return 'known';
  await send({ ...mail, to: to ?? recipients });
  if (receipt === undefined) return 'sent';
  try {
    await receipts.put(receipt, '');
  } catch (error) {
    warn('A mail was sent, and its receipt could not be written', error);
  }
  return 'sent';
}

async function isThere(receipt: string, { receipts, warn }: SendOncePorts): Promise<boolean> {
  try {
    return await receipts.exists(receipt);
  } catch (error) {
    warn('Receipts can not be read: the mail may go out twice', error);
    return false;
  }
}
