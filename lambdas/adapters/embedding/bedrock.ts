import {
  BedrockRuntimeClient,
  InvokeModelCommand,
  ModelNotReadyException,
  ServiceQuotaExceededException,
  ThrottlingException,
  ValidationException,
} from '@aws-sdk/client-bedrock-runtime';
import { PermanentError, ThrottledError } from '#kit/errors.ts';
import { once } from '#kit/once.ts';
import { objectInJson } from '#kit/text/json.ts';

/**
 * A text to a vector of length 1. Throws {@link ThrottledError} while Bedrock is asked too much, and
 * {@link PermanentError} where it refuses the text or answers something else than a vector.
 */
type EmbedText = (text: string) => Promise<readonly number[]>;

interface EmbeddingModel {
  /** Of the Titan family, version 2: its fields are those that are sent and read. */
  readonly id: string;
  /** Numbers of a vector. */
  readonly length: number;
}

const client = once(() => new BedrockRuntimeClient({}));

/** Vectors of texts by a model that Bedrock runs. */
export function bedrockEmbedder({ id, length }: EmbeddingModel): EmbedText {
  return async (text) => {
    const command = new InvokeModelCommand({
      modelId: id,
      contentType: 'application/json',
      accept: 'application/json',
      body: JSON.stringify({ inputText: text, dimensions: length, normalize: true }),
    });
    const { body } = await client().send(command).catch(failed);
    const { embedding } = objectInJson(body.transformToString()) ?? {};
    if (!isVector(embedding, length)) throw new PermanentError(`${id} answered no vector of ${length} numbers`);
    return embedding;
  };
}

function failed(cause: unknown): never {
  if (
    cause instanceof ThrottlingException ||
    cause instanceof ServiceQuotaExceededException ||
    cause instanceof ModelNotReadyException
  )
    throw new ThrottledError('Bedrock is asked too much', { cause });
  if (cause instanceof ValidationException) throw new PermanentError('Bedrock refuses the text', { cause });
  throw cause;
}

function isVector(value: unknown, length: number): value is readonly number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite);
}
