/**
 * Characters of a page's URL; no site would take a longer one. Code that hands URLs on may cut them one character
 * behind it: they are refused all the same.
 */
export const longestUrl = 8192;
