/**
 * Characters of a page's URL; a longer one is none that a site would take. Whoever hands URLs on may cut them one character
 * behind it: they are refused all the same.
 */
export const longestUrl = 8192;
