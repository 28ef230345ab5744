/**
 * What callers meet at the API, over one stack. What is refused comes first, since it must have started nothing; the suite
 * that takes the database away comes last.
 */
import './callers/refusals.ts';
import './callers/docs.ts';
import './callers/users.ts';
import './callers/guesses.ts';
import './callers/authentication.ts';
