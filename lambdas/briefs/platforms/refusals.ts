/** How a platform says no. The class decides what happens next, never the message. */

/** The platform wants a login, or its cookies or token renewed: one alert, and it is `needs login` until they work. */
export class LoginWantedError extends Error {
  override readonly name = 'LoginWantedError';
}

/** The platform takes us for a robot (captcha, voucher, 412): it alone is paused. Never an empty result. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
}

/** The account with a paid interface is empty: nothing is asked until it is topped up. */
export class BalanceError extends Error {
  override readonly name = 'BalanceError';
}

/** The answer has another shape than its platform's: the parser is to be mended, and the page is kept. */
export class UnknownShapeError extends Error {
  override readonly name = 'UnknownShapeError';
}
