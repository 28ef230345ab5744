import * as z from 'zod';

/** What SQS says to what it doesn't take. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

const attributeShape = z.object({
  DataType: z.string().optional(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});

/** A message on its way in, as far as it is looked at here; fauxqs looks at the rest. */
export const messageShape = z.object({
  MessageBody: z.string().optional(),
  DelaySeconds: z.number().nullish(),
  MessageGroupId: z.string().nullish(),
  MessageDeduplicationId: z.string().nullish(),
  MessageAttributes: z.record(z.string(), attributeShape).nullish(),
  MessageSystemAttributes: z.record(z.string(), attributeShape).nullish(),
});

export type SentMessage = z.output<typeof messageShape>;
export type MessageAttribute = z.output<typeof attributeShape>;

// Quotas and forms: "Amazon SQS message quotas" and "Message attribute components", SQS developer guide.
const mostAttributes = 10;
const longestDelaySeconds = 900;
const attributeName = /^(?!(?:aws|amazon)\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const attributeType = /^(String|Number|Binary)(?:\..+)?$/;
const longestType = 256;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const refusedCharacters = /[^\t\n\r\x20-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const identifier = /^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/;
// fauxqs's own; SQS's are longer and say nothing either.
const receiptHandle = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Why a message is not taken, or nothing. */
export function refusalOf(message: SentMessage, { fifo }: { fifo: boolean }): Refusal | undefined {
  const { MessageBody, DelaySeconds, MessageGroupId, MessageDeduplicationId } = message;
  const attributes = Object.entries(message.MessageAttributes ?? {});
  if (!MessageBody) return missing('MessageBody');
  if (
    DelaySeconds != null &&
    !(Number.isInteger(DelaySeconds) && DelaySeconds >= 0 && DelaySeconds <= longestDelaySeconds)
  )
    return invalid(
      `Value ${DelaySeconds} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${longestDelaySeconds}.`,
    );
  if (attributes.length > mostAttributes)
    return invalid(
      `Number of message attributes [${attributes.length}] exceeds the allowed maximum [${mostAttributes}].`,
    );
  if (!fifo && MessageDeduplicationId != null)
    return invalid(
      `Value ${MessageDeduplicationId} for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.`,
    );
  for (const [name, value] of Object.entries({ MessageGroupId, MessageDeduplicationId })) {
    if (value != null && !identifier.test(value))
      return invalid(
        `Value ${value} for parameter ${name} is invalid. Reason: ${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
      );
  }
  const system = Object.entries(message.MessageSystemAttributes ?? {});
  const words = [...attributes.map(attributeRefusal), ...system.map(systemRefusal)].find((one) => one !== undefined);
  return words === undefined ? undefined : invalid(words);
}

/** Whether SQS could have given this handle out. */
export function handleRefusal(handle: unknown): Refusal | undefined {
  if (typeof handle !== 'string' || handle === '') return missing('ReceiptHandle');
  return receiptHandle.test(handle)
    ? undefined
    : {
        code: 'ReceiptHandleIsInvalid',
        message: `The input receipt handle "${handle}" is not a valid receipt handle.`,
      };
}

function attributeRefusal([name, attribute]: [string, MessageAttribute]): string | undefined {
  if (!attributeName.test(name))
    return `Message (user) attribute name '${name}' is invalid: 1 to 256 letters, digits, '_', '-' and single '.' inside, and not AWS. or Amazon. at its beginning.`;
  const { DataType = '', StringValue, BinaryValue } = attribute;
  const [, type] = attributeType.exec(DataType) ?? [];
  if (DataType === '') return `The message attribute '${name}' must contain a non-empty message attribute type.`;
  if (type === undefined || DataType.length > longestType)
    return `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`;
  const [wanted, other] = type === 'Binary' ? [BinaryValue, StringValue] : [StringValue, BinaryValue];
  if (other !== undefined)
    return `The message attribute '${name}' with type '${DataType}' must use field '${type === 'Binary' ? 'Binary' : 'String'}'.`;
  if (!wanted)
    return `The message attribute '${name}' must contain a non-empty message attribute value for message attribute type '${DataType}'.`;
  if (type === 'Number' && !number.test(wanted))
    return `Can't cast the value of message (user) attribute '${name}' to a number.`;
  return type !== 'Binary' && refusedCharacters.test(wanted)
    ? `Invalid characters found in the value of message (user) attribute '${name}'.`
    : undefined;
}

function systemRefusal([name, { DataType, StringValue }]: [string, MessageAttribute]): string | undefined {
  if (name !== 'AWSTraceHeader') return `Message system attribute name '${name}' is invalid.`;
  if (DataType !== 'String') return `The message system attribute '${name}' must be of the type String.`;
  return StringValue ? undefined : `The message system attribute '${name}' must contain a non-empty value.`;
}

function missing(name: string): Refusal {
  return { code: 'MissingParameter', message: `The request must contain the parameter ${name}.` };
}

function invalid(message: string): Refusal {
  return { code: 'InvalidParameterValue', message };
}
