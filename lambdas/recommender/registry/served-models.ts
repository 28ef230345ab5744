import { modelBook } from './model-store.ts';
import { modelFiles } from './models-bucket.ts';
import { onlineModels } from './online-model.ts';

/** The models that are online, out of the registry and the raw bucket. */
export function servedModels(database: Parameters<typeof modelBook>[0], bucket: string) {
  return onlineModels({ models: modelBook(database), files: modelFiles(bucket) });
}
