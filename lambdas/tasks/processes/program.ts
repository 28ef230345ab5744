/** The program of a function's process: it lies beside the bundle of the function that starts it (bin/bundle-assets.ts). */
export function functionProgram(): URL {
  return new URL('./run-function.mjs', import.meta.url);
}
