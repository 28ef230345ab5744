import { apiToken } from './first-run.ts';
import type { Stack } from './stack.ts';

/** Tells what is there now and one line that asks the API for it. */
export async function printSummary(stack: Stack, consoleUrl: string): Promise<void> {
  const { log, services, wiring, model } = stack;
  const [raw] = model.buckets.filter(({ notifiesEventBus }) => notifiesEventBus);
  log.say(`Mails          ${services.mail.inboxUrl}`);
  log.say(`Raw files      ${consoleUrl}/buckets/${raw?.name}/presale/raw/`);
  log.say(`API            ${wiring.api?.url}`);
  log.say(
    `Try it         curl -H 'Authorization: Bearer ${apiToken(stack)}' '${wiring.api?.url}/apiv1/deals?length=2'`,
  );
}
