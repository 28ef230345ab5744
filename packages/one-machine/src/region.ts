/** The region this machine plays; nothing here depends on which. */
export const region = 'ap-northeast-1';
