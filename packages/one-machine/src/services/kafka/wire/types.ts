import { MalformedRequestError, type Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** How one type of the protocol is read and written in each version of an API. */
export interface Type<T> {
  read(from: Reader, version: number): T;
  write(into: Writer, value: T, version: number): void;
}

/** What a type reads as. */
export type Of<T> = T extends Type<infer V> ? V : never;

type Fields = Readonly<Record<string, Type<unknown>>>;

export const int8: Type<number> = { read: (from) => from.int8(), write: (into, value) => into.int8(value) };
export const int16: Type<number> = { read: (from) => from.int16(), write: (into, value) => into.int16(value) };
export const int32: Type<number> = { read: (from) => from.int32(), write: (into, value) => into.int32(value) };
export const int64: Type<number> = { read: (from) => from.int64(), write: (into, value) => into.int64(value) };
export const boolean: Type<boolean> = {
  read: (from) => from.int8() !== 0,
  write: (into, value) => into.int8(value ? 1 : 0),
};

export const nullableString: Type<string | null> = {
  read(from) {
    const length = from.int16();
    return length < 0 ? null : from.bytes(length).toString('utf8');
  },
  write(into, value) {
    const bytes = value === null ? undefined : Buffer.from(value);
    into.int16(bytes?.length ?? -1);
    if (bytes) into.bytes(bytes);
  },
};

const nullableBytes: Type<Buffer | null> = {
  read(from) {
    const length = from.int32();
    return length < 0 ? null : from.bytes(length);
  },
  write(into, value) {
    into.int32(value?.length ?? -1);
    if (value) into.bytes(value);
  },
};

export const string = never(nullableString);

/**
 * Who asks in a group. Null is no member, as the empty text is: the client of this project sends it while it joins anew a
 * group that has forgotten it (its heartbeats go on meanwhile). A broker that hung up, as Kafka does, would end the join too.
 */
export const memberId: Type<string> = {
  read: (from, version) => nullableString.read(from, version) ?? '',
  write: string.write,
};

export const bytes = never(nullableBytes);

/** `null` is -1 elements. */
export function nullableArray<T>(element: Type<T>): Type<readonly T[] | null> {
  return {
    read(from, version) {
      const count = from.count();
      return count < 0 ? null : Array.from({ length: count }, () => element.read(from, version));
    },
    write(into, values, version) {
      into.int32(values?.length ?? -1);
      for (const value of values ?? []) element.write(into, value, version);
    },
  };
}

export function array<T>(element: Type<T>): Type<readonly T[]> {
  return never(nullableArray(element));
}

/** Fields one after the other, in the order they stand in. */
export function struct<F extends Fields>(fields: F): Type<{ readonly [K in keyof F]: Of<F[K]> }> {
  const entries = Object.entries(fields);
  return {
    read(from, version) {
      const values: Record<string, unknown> = {};
      for (const [name, type] of entries) values[name] = type.read(from, version);
      return values as { [K in keyof F]: Of<F[K]> };
    },
    write(into, value, version) {
      for (const [name, type] of entries) type.write(into, value[name], version);
    },
  };
}

/** A field that only versions from `first` (to `last`) have; the others read `absent` and write nothing. */
export function versions<T>(
  range: { readonly first?: number; readonly last?: number },
  type: Type<T>,
  absent: T,
): Type<T> {
  const { first = 0, last = Number.POSITIVE_INFINITY } = range;
  const has = (version: number) => version >= first && version <= last;
  return {
    read: (from, version) => (has(version) ? type.read(from, version) : absent),
    write(into, value, version) {
      if (has(version)) type.write(into, value, version);
    },
  };
}

/** The same from a version on. */
export function since<T>(first: number, type: Type<T>, absent: T): Type<T> {
  return versions({ first }, type, absent);
}

function never<T>(nullable: Type<T | null>): Type<T> {
  return {
    read(from, version) {
      const value = nullable.read(from, version);
      if (value === null) throw new MalformedRequestError('Null where the protocol knows none');
      return value;
    },
    write: (into, value, version) => nullable.write(into, value, version),
  };
}
