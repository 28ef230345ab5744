import { PermanentError } from '#kit/errors.ts';

/** Why a corrected file as a whole can't be taken: the words that the failure ledger groups by. */
export type Refusal =
  | 'WrongKey'
  | 'TooLarge'
  | 'NotJson'
  | 'NotAListOfRows'
  | 'WrongCounty'
  | 'UnknownColumn'
  | 'NoProblemRow'
  | 'AmbiguousRow'
  | 'DuplicateRow';

/** A corrected file of which nothing is loaded; named by its {@link Refusal}. */
export class RefusedFileError extends PermanentError {
  override readonly name: Refusal;

  constructor(refusal: Refusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = refusal;
  }
}
