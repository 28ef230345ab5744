/** JSON as people read it; what is none stays as it is. */
export function indented(text: string): string {
  return problemOf(text) === undefined ? JSON.stringify(JSON.parse(text), undefined, 2) : text;
}

/** What makes a text no JSON; `undefined` for one that is. */
export function problemOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
