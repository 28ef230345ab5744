/** How a platform says no. Each class names what happens next; nobody reads a message to decide. */

/** The platform wants a login, or its cookies or token renewed: one alert, and it is `needs login` until they work. */
export class LoginWantedError extends Error {
  override readonly name = 'LoginWantedError';
}

/** The platform takes us for a robot (captcha, voucher, 412): it alone is paused. Never an empty result. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
}

/** The account with a paid interface is empty: nothing is asked until somebody pays. */
export class BalanceError extends Error {
  override readonly name = 'BalanceError';
}

/** The answer has another shape than its platform's: the parser is to be mended, and the page is kept. */
export class UnknownShapeError extends Error {
  override readonly name = 'UnknownShapeError';
}
