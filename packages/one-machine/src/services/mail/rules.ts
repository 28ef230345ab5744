/** What SES would answer instead of taking a mail. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

// Of the v1 API; aws-ses-v2-local would leave the others without any answer.
const servedActions = ['SendEmail', 'SendRawEmail', 'GetIdentityVerificationAttributes'];
// Of the v2 API; templates and bulk mails are not kept on the disk, so they are not taken.
const servedPaths = ['/v2/email/outbound-emails'];

/** Refuses what can be refused before the mail is read. */
export function refusalOf(form: URLSearchParams, path: string, refused: boolean): Refusal | undefined {
  if (refused) return { status: 503, code: 'ServiceUnavailable', message: 'The service is not available for a while.' };
  const operation = path === '/' ? (form.get('Action') ?? 'A request without Action') : path;
  if (servedActions.includes(operation) || servedPaths.includes(operation)) return undefined;
  return { status: 501, code: 'NotImplemented', message: `${operation} is not supported on one machine.` };
}

/** In the words of the API that was asked: XML at `/`, JSON below `/v2`. */
export function refusalAnswer(refusal: Refusal, path: string): { headers: Record<string, string>; body: string } {
  const { code, message } = refusal;
  if (path !== '/') {
    return {
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
      body: JSON.stringify({ message }),
    };
  }
  const escaped = message.replace(/[<>&]/g, (character) => `&#${character.charCodeAt(0)};`);
  const type = refusal.status < 500 ? 'Sender' : 'Receiver';
  const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${escaped}</Message></Error>`;
  return {
    headers: { 'content-type': 'text/xml' },
    body: `<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">${error}</ErrorResponse>`,
  };
}
