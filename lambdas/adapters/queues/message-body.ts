/**
 * A message as JSON that SQS takes: it refuses U+FFFE and U+FFFF, which JSON may have as they are, and with them the whole
 * message. Source: SQS API reference, SendMessage.
 */
export function messageBody(message: unknown): string {
  return JSON.stringify(message).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
}
