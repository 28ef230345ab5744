/** The dictionaries of OpenCC, which the package has no types for: pairs `traditional simplified`, with `|` between. */
declare module 'opencc-js/dict/*' {
  const pairs: string;
  export default pairs;
}
