/** What the stack and the handlers of the tasks agree on. Imported by both; does no work. */
export * from './files/contract.ts';
