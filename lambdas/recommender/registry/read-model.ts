import { ConflictError, NotFoundError } from '#kit/errors.ts';
import { trainers } from '../models/index.ts';
import type { FittedModel } from '../models/model.ts';
import type { ModelFiles, ModelRecord } from './model-record.ts';

type Kept = Pick<ModelRecord, 'kind' | 'object_key' | 'model_id'>;

/** Reads a model that is about to go online. Throws a ConflictError where its file is gone, or is no model of its kind. */
export function readModel(files: Pick<ModelFiles, 'read'>): (model: Kept) => Promise<FittedModel> {
  return async ({ kind, object_key, model_id }) => {
    const bytes = await bytesOf(files, object_key, model_id);
    try {
      return trainers[kind].fromBytes(bytes);
    } catch (cause) {
      throw new ConflictError(`模型文件无法读取，无法上线: ${model_id}`, { cause });
    }
  };
}

async function bytesOf(files: Pick<ModelFiles, 'read'>, objectKey: string, modelId: string): Promise<Uint8Array> {
  try {
    return await files.read(objectKey);
  } catch (cause) {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw new ConflictError(`模型文件不存在，无法上线: ${modelId}`, { cause });
  }
}
