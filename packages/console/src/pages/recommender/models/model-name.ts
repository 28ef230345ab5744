/** A model is named by its kind and the beginning of its id: nobody reads a whole one. */
export function modelName({ kind, model_id }: { readonly kind: string; readonly model_id: string }): string {
  return `${kind} ${model_id.slice(0, 8)}`;
}
