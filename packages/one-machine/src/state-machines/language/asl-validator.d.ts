/** asl-validator 4 ships no types. */
declare module 'asl-validator' {
  interface Verdict {
    readonly isValid: boolean;
    errorsText(separator?: string): string;
  }
  /** Writes QueryLanguage into the states of what it is given. */
  function validate(definition: unknown, options?: { checkPaths?: boolean; checkArn?: boolean }): Verdict;
  export = validate;
}
