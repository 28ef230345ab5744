/** Names of alarms on the sending of mails begin so. */
export const mailAlarms = 'platform-send-mail-';

/** A mail that mails fail would fail, too, raise the alarm again, and breed: such alarms ride along in the next mail. */
export function isAboutMails(alarm: string): boolean {
  return alarm.startsWith(mailAlarms);
}
