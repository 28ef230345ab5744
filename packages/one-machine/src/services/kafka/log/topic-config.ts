/** A topic's own settings, as text as Kafka has them. */
export type TopicConfig = Readonly<Record<string, string>>;

/** Settings of a topic that this broker heeds, with their defaults, which are Kafka's but for the smaller segments. */
export const configDefaults = {
  'retention.ms': 7 * 24 * 60 * 60 * 1000,
  'retention.bytes': -1,
  'segment.bytes': 64 * 1024 * 1024,
  'max.message.bytes': 1024 * 1024 + 12,
} as const;

const largestInt = 2 ** 31 - 1;

// What Kafka takes for them: -1 keeps for ever; a segment holds at least one batch's header.
const bounds: Readonly<Record<keyof typeof configDefaults, readonly [least: number, most: number]>> = {
  'retention.ms': [-1, Number.MAX_SAFE_INTEGER],
  'retention.bytes': [-1, Number.MAX_SAFE_INTEGER],
  'segment.bytes': [14, largestInt],
  'max.message.bytes': [0, largestInt],
};

/** Settings that are what this broker does anyway, with the one value that says so. */
const alwaysSo: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'compression.type': 'producer',
  'message.timestamp.type': 'CreateTime',
  'min.insync.replicas': '1',
};

/** Why settings are refused: those without effect here, and values that make no sense. */
export function configFault(
  configs: readonly { readonly name: string; readonly value: string | null }[],
): string | undefined {
  const names = new Set(configs.map(({ name }) => name));
  if (names.size < configs.length) return 'A setting stands twice';
  return configs.map(settingFault).find((fault) => fault !== undefined);
}

function settingFault({ name, value }: { readonly name: string; readonly value: string | null }): string | undefined {
  // The default.
  if (value === null) return undefined;
  const always = Object.hasOwn(alwaysSo, name) ? alwaysSo[name] : undefined;
  if (always !== undefined) return value === always ? undefined : `${name} is always ${always} here, not ${value}`;
  if (!isHeeded(name)) return `${name} is not a setting that is heeded here: ${known}`;
  const [least, most] = bounds[name];
  const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
  return number >= least && number <= most
    ? undefined
    : `${name} takes a whole number from ${least} to ${most}, not ${value}`;
}

const known = [...Object.keys(configDefaults), ...Object.keys(alwaysSo)].join(', ');

function isHeeded(name: string): name is keyof typeof configDefaults {
  return Object.hasOwn(configDefaults, name);
}
